package operations_test

import (
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/operations"
)

func TestAddressesOfEveryNetworkAreRefused(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1:9311", "[::1]:9311", "192.0.2.20:9313", "node.example:9313", "localhost:9311"} {
		if err := operations.CheckAddress("operations.listen", address); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
	for address, want := range map[string]string{
		":9311": "write 127.0.0.1:9311", "0.0.0.0:9311": "write 127.0.0.1:9311", "[::]:9311": "write 127.0.0.1:9311",
		"[::ffff:0.0.0.0]:9311": "every network", "9311": "must be host:port", "127.0.0.1:": "must be host:port",
		"127.0.0.1:0": "must be host:port", "127.0.0.1:http": "must be host:port", "127.0.0.1:70000": "must be host:port",
	} {
		err := operations.CheckAddress("operations.listen", address)
		if err == nil || fault.ExitCode(err) != fault.ExitUsage || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "operations.listen") {
			t.Errorf("%q: %v, want %q", address, err, want)
		}
	}
}
