package operations

import (
	"net"
	"net/netip"
	"strconv"

	"portal.example/shared/fault"
)

// CheckAddress refuses an address on which metrics and health would be open to every network of the machine: the host has
// to be named, as a port alone or 0.0.0.0 listens on all of them, in the DMZ on the one that citizens come from. key is
// what the configuration calls it; "" serves none and passes.
func CheckAddress(key, address string) error {
	if address == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if n, errPort := strconv.ParseUint(port, 10, 16); err != nil || errPort != nil || n == 0 {
		return fault.Usagef("%s %q must be host:port, for example 127.0.0.1:9311", key, address)
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.Unmap().IsUnspecified() {
		return fault.Usagef("%s %q would answer on every network of this machine: write 127.0.0.1:%s, or the address of this "+
			"machine in the network from which operators ask", key, address, port)
	}
	return nil
}
