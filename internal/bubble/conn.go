package bubble

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// A conn is one end of a connection. Like one of TCP it buffers a little, then a
// write waits for the reader.
type conn struct {
	in, out       *pipe
	local, remote net.Addr
}

func (c *conn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *conn) Write(p []byte) (int, error) { return c.out.write(p) }
func (c *conn) LocalAddr() net.Addr         { return c.local }
func (c *conn) RemoteAddr() net.Addr        { return c.remote }

// CloseWrite lets the other end read what was written, and then the end.
func (c *conn) CloseWrite() error {
	c.out.change(func() { c.out.ended = true })
	return nil
}

func (c *conn) Close() error {
	c.in.change(func() { c.in.abandoned, c.in.ended = true, true })
	c.in.reading.set(c.in, time.Time{})
	c.out.writing.set(c.out, time.Time{})
	return c.CloseWrite()
}

func (c *conn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.reading.set(c.in, t)
	return nil
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	c.out.writing.set(c.out, t)
	return nil
}

// capacity is about what the kernel buffers for a connection of the loopback
// interface.
const capacity = 256 << 10

// A pipe carries bytes in one direction.
type pipe struct {
	mu        sync.Mutex
	changed   *sync.Cond
	buffer    []byte
	ended     bool // the writer is done
	abandoned bool // the reader is gone

	reading, writing deadline
}

func newPipe() *pipe {
	p := new(pipe)
	p.changed = sync.NewCond(&p.mu)
	return p
}

func (p *pipe) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
	p.changed.Broadcast()
}

func (p *pipe) read(into []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.abandoned:
			return 0, net.ErrClosed
		case p.reading.passed():
			return 0, os.ErrDeadlineExceeded
		case len(p.buffer) > 0:
			n := copy(into, p.buffer)
			p.buffer = p.buffer[n:]
			p.changed.Broadcast()
			return n, nil
		case p.ended:
			return 0, io.EOF
		}
		p.changed.Wait()
	}
}

func (p *pipe) write(from []byte) (written int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.ended, p.abandoned:
			return written, io.ErrClosedPipe
		case p.writing.passed():
			return written, os.ErrDeadlineExceeded
		}
		n := min(len(from), capacity-len(p.buffer))
		p.buffer = append(p.buffer, from[:n]...)
		written, from = written+n, from[n:]
		p.changed.Broadcast()
		if len(from) == 0 {
			return written, nil
		}
		p.changed.Wait()
	}
}

// A deadline is guarded by its pipe's mutex.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func (d *deadline) set(p *pipe, t time.Time) {
	p.change(func() {
		if d.timer != nil {
			d.timer.Stop()
		}
		// One that has passed needs no timer, and must have none: a bubble's timer that
		// fires at once runs in its caller, under a race context that all timers of the
		// bubble share. Two of them at a time crash the race detector (Go 1.26).
		if d.at = t; time.Until(t) > 0 {
			d.timer = time.AfterFunc(time.Until(t), func() { p.change(func() {}) })
		}
	})
}
