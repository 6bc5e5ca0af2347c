package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the program itself, as main runs it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hanwire": main})
}

// TestScripts types commands as a user would and looks at what is printed. To
// add a case, add a file.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true})
}
