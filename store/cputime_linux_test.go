package store

import (
	"runtime"
	"syscall"
	"time"
)

// cpuTime is how much this thread has computed, which other programs on the
// machine do not change. What is measured must lock its thread.
func cpuTime() time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const thread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if syscall.Getrusage(thread, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
