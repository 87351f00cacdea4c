// SPDX-License-Identifier: GPL-2.0

// Deletes a SCSI device, and says what became of its cache flush: delete H:C:T:L
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

func main() {
	root, hctl := os.Getenv("ROOT"), os.Args[1] // ROOT is a test's machine
	outcomes := []string{"none", "completed", "failed", "killed", "unknown"}
	codes := []int{0, 0, 5, 4, 5}
	// Before the removal begins: a file that is opened later can miss its end.
	node, err := os.Open(root + "/dev/scsi_lifecycle/" + hctl)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(7)
	}
	// On a stock kernel the write may never return; a thread that hangs would keep this process.
	exec.Command("sh", "-c", `echo 1 >"$0"`, root+"/sys/bus/scsi/devices/"+hctl+"/delete").Start()
	history := make(chan []byte)
	go func() { records, _ := io.ReadAll(node); history <- records }()
	select {
	case records := <-history: // to the end of the file: the device is gone
		last := records[len(records)-int(records[22]):] // a record's 23rd byte is its size
		fmt.Println(hctl, outcomes[last[21]])
		os.Exit(codes[last[21]])
	case <-time.After(30 * time.Second):
		fmt.Println(hctl, "still there")
		os.Exit(3)
	}
}
