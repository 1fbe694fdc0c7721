package socket

import "time"

// SetPatience lets a test not wait as long as the program does.
func SetPatience(d time.Duration) { patience = d }
