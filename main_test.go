package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the program itself, as main runs it, by another
// clock where a test asks for one.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hanwire": func() {
		now, err := clockOf(os.Getenv(fastClock))
		if err != nil {
			panic(err)
		}
		stop := profile(os.Getenv(profileTo))
		code := runProcess(now)
		stop()
		os.Exit(code)
	}})
}

// TestScripts types commands as a user would and looks at what is printed. To
// add a case, add a file.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true})
}
