package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
)

// prepare makes the folders, and looks at the file before bbolt maps it to
// memory: a read beyond the end of a file that was cut off ends the program.
func prepare(path string) error {
	if err := makeFolders(filepath.Dir(path)); err != nil {
		return notWritable(path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return notWritable(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return notWritable(path, errors.Join(err, errors.New("it is not a file")))
	}
	if info.Size() == 0 {
		// The name is on disk before anything under it is acknowledged.
		return syncFolder(filepath.Dir(path))
	}
	needed, err := sizeOf(f)
	if err != nil {
		return damaged(path, err.Error())
	}
	// Its size is asked last: another program may be at work on it, and it only grows.
	if info, err = f.Stat(); err != nil {
		return notWritable(path, err)
	}
	if info.Size() < needed {
		return damaged(path, fmt.Sprintf("it was cut off: it has %d bytes and needs %d", info.Size(), needed))
	}
	return nil
}

// A meta page of bbolt, behind the header of its page.
// https://github.com/etcd-io/bbolt/blob/main/internal/common/meta.go
const (
	metaAt     = 16
	metaSize   = 64
	metaMagic  = 0xED0CDAED
	metaSum    = 56 // where the checksum of what is before it stands
	pageSizeAt = 8
	pagesAt    = 40
	txAt       = 48
)

// sizeOf returns how many bytes a bbolt file needs, by the newer of its two
// meta pages that are whole.
func sizeOf(f io.ReaderAt) (int64, error) {
	var needed int64
	var newest uint64
	found := false
	at := []int64{0}
	for i := 0; i < len(at); i++ {
		meta := make([]byte, metaSize)
		if _, err := f.ReadAt(meta, at[i]+metaAt); err != nil {
			continue
		}
		order := binary.NativeEndian
		pageSize := int64(order.Uint32(meta[pageSizeAt:]))
		whole := order.Uint32(meta) == metaMagic && order.Uint64(meta[metaSum:]) == sum(meta[:metaSum])
		switch {
		case i == 0 && whole:
			at = append(at, pageSize)
		case i == 0: // the second tells, wherever it is
			for size := int64(1 << 10); size <= 64<<10; size *= 2 {
				at = append(at, size)
			}
		}
		if tx := order.Uint64(meta[txAt:]); whole && (!found || tx > newest) {
			found, newest, needed = true, tx, int64(order.Uint64(meta[pagesAt:]))*pageSize
		}
	}
	if !found {
		return 0, errors.New("it is not a file of Daybook, or its beginning is lost")
	}
	return needed, nil
}

func sum(b []byte) uint64 {
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}

func makeFolders(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := makeFolders(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(dir))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func notWritable(path string, err error) error {
	return fmt.Errorf("%s cannot be written: %w; make its folder writable, or choose another with --data or DAYBOOK_DATA", path, err)
}

func damaged(path, why string) error {
	return fmt.Errorf("%s cannot be read: %s; restore it from a copy, or choose another folder with --data or DAYBOOK_DATA", path, why)
}
