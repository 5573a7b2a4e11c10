package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"portal.example/shared/internal/testserver"
)

// ensureDictionary sees to the files of the text search dictionary portal_uk that external-site's
// migrations name. Root installs them; anybody else is told the line.
func ensureDictionary(bin string) error {
	version := filepath.Base(filepath.Dir(bin))
	for _, suffix := range []string{"affix", "dict", "stop"} {
		path := filepath.Join("/usr/share/postgresql", version, "tsearch_data", "portal_uk."+suffix)
		if _, err := os.Stat(path); err != nil {
			return installDictionary()
		}
	}
	return nil
}

func installDictionary() error {
	root, err := testserver.RepositoryRoot()
	if err != nil {
		return err
	}
	script := filepath.Join(root, "deploy/postgresql/install-dictionary")
	if os.Geteuid() != 0 {
		return fmt.Errorf("the Ukrainian search dictionary is not installed; install it: sudo %s", script)
	}
	if out, err := exec.Command(script).CombinedOutput(); err != nil { //nolint:gosec // our own script
		return fmt.Errorf("%s: %w\n%s", script, err, out)
	}
	return nil
}
