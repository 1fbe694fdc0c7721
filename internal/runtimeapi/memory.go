package runtimeapi

import (
	"bytes"
	"fmt"
	"os"
)

// PeakMemory returns the most memory that the function has held so far, in
// bytes. It asks the kernel about the program that runs; what a program used,
// once it has ended, counts that of the one that started it.
func (f *Function) PeakMemory() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	var kib int64
	if _, err := fmt.Sscanf(string(after), "%d kB", &kib); err != nil {
		return 0, fmt.Errorf("peak memory: %w", err)
	}
	return kib << 10, nil
}
