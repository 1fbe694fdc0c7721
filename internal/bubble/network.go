package bubble

import (
	"context"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// A Network connects the servers and clients of one bubble in memory. Its
// addresses are of the loopback interface, so that programs take them for local.
type Network struct {
	mu        sync.Mutex
	listeners map[string]*listener
	clients   []*http.Client
}

// Listen returns a listener on a port of its own.
func (n *Network) Listen() net.Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := &listener{addr: loopback(len(n.listeners) + 1), accept: make(chan net.Conn), closed: make(chan struct{})}
	n.listeners[l.addr.String()] = l
	return l
}

// DialContext connects to a listener of the network, and to nothing else: a closed
// or unknown address refuses the connection.
func (n *Network) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	l := n.listeners[address]
	n.mu.Unlock()
	if l == nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	there, back := newPipe(), newPipe()
	select {
	case l.accept <- &conn{in: there, out: back, local: l.addr, remote: loopback(0)}:
		return &conn{in: back, out: there, local: loopback(0), remote: l.addr}, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: network, Addr: l.addr, Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Client returns an HTTP client whose idle connections end with the bubble. It
// lets go of one after two seconds: servers close theirs later, and a POST that
// meets such a close has no answer.
func (n *Network) Client() *http.Client {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := &http.Client{Transport: &http.Transport{
		DialContext: n.DialContext, MaxIdleConnsPerHost: 16, IdleConnTimeout: 2 * time.Second,
	}}
	n.clients = append(n.clients, c)
	return c
}

func (n *Network) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.clients {
		c.CloseIdleConnections()
	}
}

func loopback(port int) *net.TCPAddr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1).To4(), Port: port}
}

type listener struct {
	addr   net.Addr
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) Addr() net.Addr { return l.addr }

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accept:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}
