package program

// Database is the section of a site's configuration that says where the node's PostgreSQL is.
type Database struct {
	// DSN is the address for serving, with the site's own role.
	DSN string `koanf:"dsn"`
	// OwnerDSN is the address for migrate and import, with the owner's role; "" means DSN.
	OwnerDSN string `koanf:"owner_dsn"`
}

// Owner is the address for what only the owner may do.
func (d Database) Owner() string {
	if d.OwnerDSN != "" {
		return d.OwnerDSN
	}
	return d.DSN
}
