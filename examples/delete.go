// SPDX-License-Identifier: GPL-2.0

// Deletes a SCSI device, and says what became of its cache flush: delete H:C:T:L [SECONDS]
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var usage = regexp.MustCompile(`^([0-9]+(?::[0-9]+){3})(?: ([0-9]{1,6}(?:[.][0-9]+)?))?$`)

func fail(code int, err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(code)
}

// A child that hangs would keep a pipe or a lock of the caller.
func keepFiles() {
	files, _ := os.ReadDir("/proc/self/fd")
	for _, file := range files {
		if number, err := strconv.Atoi(file.Name()); err == nil && number > 2 {
			syscall.CloseOnExec(number)
		}
	}
}

func main() {
	words := usage.FindStringSubmatch(strings.Join(os.Args[1:], " "))
	if words == nil {
		fail(2, errors.New("usage: delete H:C:T:L [SECONDS]"))
	}
	root, hctl, seconds := os.Getenv("ROOT"), words[1], 30.0 // ROOT is a test's machine
	if words[2] != "" {
		seconds, _ = strconv.ParseFloat(words[2], 64)
	}
	outcomes := []string{"none", "completed", "failed", "killed", "unknown"}
	codes := []int{0, 0, 5, 4, 5}
	// Before the removal begins: a file that is opened later can miss its end.
	node, err := os.Open(root + "/dev/scsi_lifecycle/" + hctl)
	if err != nil {
		fail(7, err)
	}
	keepFiles()
	// On a stock kernel the write may never return; a thread that hangs would keep this process.
	// The child's stdin, stdout and stderr are /dev/null.
	write := exec.Command("sh", "-c", `echo 1 >"$0"`, root+"/sys/bus/scsi/devices/"+hctl+"/delete")
	if err := write.Start(); err != nil {
		fail(9, err)
	}
	history := make(chan []byte)
	go func() { records, _ := io.ReadAll(node); history <- records }()
	select {
	case records := <-history: // to the end of the file: the device is gone
		outcome := 4
		// A record's 23rd byte is its size, its 18th its type: 2 is the last of a device.
		if len(records) > 22 && len(records) >= int(records[22]) && records[22] > 22 {
			last := records[len(records)-int(records[22]):]
			if last[17] == 2 && int(last[21]) < len(outcomes) {
				outcome = int(last[21])
			}
		}
		fmt.Println(hctl, outcomes[outcome])
		os.Exit(codes[outcome])
	case <-time.After(time.Duration(seconds * float64(time.Second))):
		fmt.Println(hctl, "still there")
		os.Exit(3)
	}
}
