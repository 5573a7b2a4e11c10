package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// bringUp runs every step; the first that fails ends it.
func (s *Supervisor) bringUp(ctx context.Context) error {
	if err := s.layout.endOrphans(); err != nil {
		return err
	}
	var err error
	if s.secrets, err = loadSecrets(s.layout); err != nil {
		return err
	}
	clusters, err := s.clusters()
	if err != nil {
		return err
	}
	if err := s.layout.checkPorts(); err != nil {
		return err
	}
	if err := s.startGround(ctx, clusters); err != nil {
		return err
	}
	if err := s.prepareData(ctx); err != nil {
		return err
	}
	return s.startPortal(ctx)
}

// clusters describes both PostgreSQL servers, after ending those that still run from an earlier start.
func (s *Supervisor) clusters() ([]*cluster, error) {
	internal, errI := newCluster(s.layout, "internal", portInternalPG, s.secrets.Internal)
	external, errE := newCluster(s.layout, "external", portExternalPG, s.secrets.External)
	if err := errors.Join(errI, errE); err != nil {
		return nil, err
	}
	return []*cluster{internal, external}, errors.Join(internal.endOldServer(), external.endOldServer())
}

// startGround starts what the portal stands on: clusters, stores, post office, scanner.
func (s *Supervisor) startGround(ctx context.Context, clusters []*cluster) error {
	for _, c := range clusters {
		if err := s.step("PostgreSQL, "+c.node, func() error { return s.startCluster(ctx, c) }); err != nil {
			return err
		}
	}
	for _, st := range s.stores() {
		if err := s.step("object store, "+st.node, func() error { return s.startStore(ctx, st) }); err != nil {
			return err
		}
	}
	if err := s.step("post office (delivers to nobody)", func() error { return s.start(ctx, s.layout.postOffice()) }); err != nil {
		return err
	}
	if !scannerInstalled() {
		s.say("  no malware scanner: clamav-daemon is not installed")
		return nil
	}
	return s.step("malware scanner (knows the EICAR test file only)", func() error {
		sv, err := scannerService(s.layout)
		if err != nil {
			return err
		}
		return s.start(ctx, sv)
	})
}

func (s *Supervisor) startCluster(ctx context.Context, c *cluster) error {
	if err := c.prepare(); err != nil {
		return err
	}
	if err := s.start(ctx, c.service()); err != nil {
		return err
	}
	return c.provide(ctx)
}

func (s *Supervisor) stores() []*store {
	return []*store{
		{layout: s.layout, node: "internal", port: portInternalS3, keys: s.secrets.InternalStore, users: s.secrets.InternalAccounts, buckets: []string{"documents", "quarantine"}},
		{layout: s.layout, node: "external", port: portExternalS3, keys: s.secrets.ExternalStore, users: s.secrets.ExternalAccounts, buckets: []string{"documents", "inbound", "cabinet"}},
	}
}

func (s *Supervisor) startStore(ctx context.Context, st *store) error {
	sv, err := st.service()
	if err != nil {
		return err
	}
	if err := s.start(ctx, sv); err != nil {
		return err
	}
	return st.provide(ctx)
}

// task is a program of the portal that runs to its end.
type task struct {
	label   string
	logName string
	doneBy  string // a file whose presence makes the task needless; "" runs it on every start
	argv    []string
}

// tasks bring both databases to this release's schema, make keys, load the demo region on the first start
// and prepare replication. All but those with doneBy are safe to repeat and quick when nothing is left to do.
func (l Layout) tasks() []task {
	internal, external, syncer := l.binary("internal-site"), l.binary("external-site"), l.binary("syncer")
	inside, outside := l.config("internal-site.yaml"), l.config("external-site.yaml")
	return []task{
		{label: "schema, internal", logName: "migrate-internal", argv: []string{internal, "migrate", "--config", inside}},
		{label: "schema, external", logName: "migrate-external", argv: []string{external, "migrate", "--config", outside}},
		{
			label: "keys for sealing", logName: "keys", doneBy: filepath.Join(l.Keys(), "seal.public"),
			argv: []string{internal, "keys", "generate", "--dir", l.Keys()},
		},
		{
			label: "key for second factors", logName: "keys-factors", doneBy: l.factorKey(),
			argv: []string{internal, "keys", "factors", "--file", l.factorKey()},
		},
		{
			label: "key of the audit trail", logName: "keys-audit", doneBy: l.auditKey("public"),
			argv: []string{internal, "keys", "audit", "--private", l.auditKey("private"), "--public", l.auditKey("public")},
		},
		{
			label: "key of citizens' accounts", logName: "key-accounts", doneBy: l.accountKey(),
			argv: []string{external, "key", "--file", l.accountKey()},
		},
		{
			label: "the demo region", logName: "import-demo", doneBy: l.importedPath(),
			argv: []string{internal, "import", "demo", "--config", inside, "--sign-ins", l.signIns()},
		},
		{label: "replication", logName: "syncer-init", argv: []string{syncer, "init", "--config", l.config("syncer.yaml")}},
	}
}

// auditKey is the file with one half of the key that signs checkpoints of the audit trail.
func (l Layout) auditKey(half string) string { return filepath.Join(l.Keys(), "audit."+half) }

// factorKey is the file that seals the second factors of staff.
func (l Layout) factorKey() string { return filepath.Join(l.Keys(), "factors.key") }

// accountKey is the file on which what opens citizens' accounts depends.
func (l Layout) accountKey() string { return filepath.Join(l.Keys(), "account.key") }

// importedPath is the file that says that the demo region is loaded.
func (l Layout) importedPath() string { return filepath.Join(l.State(), "imported") }

// prepareData writes the configuration files and runs the tasks.
func (s *Supervisor) prepareData(ctx context.Context) error {
	l := s.layout
	if err := l.configs(s.secrets, scannerInstalled()); err != nil {
		return err
	}
	if err := s.step("authority for electronic signatures (trusted here only)", func() error { return l.authority(time.Now()) }); err != nil {
		return err
	}
	for _, t := range l.tasks() {
		if _, err := os.Stat(t.doneBy); t.doneBy != "" && err == nil {
			continue
		}
		if err := s.step(t.label, func() error { return command(ctx, l, t.logName, t.argv...) }); err != nil {
			return err
		}
	}
	return writeFile(l.importedPath(), []byte("The demo region was loaded; scripts/demo reset begins anew.\n"))
}

// startPortal starts the processes of the portal and waits until each works.
func (s *Supervisor) startPortal(ctx context.Context) error {
	l := s.layout
	if officeInstalled() {
		if err := s.step("converter", func() error { return s.start(ctx, l.converterService()) }); err != nil {
			return err
		}
	} else {
		s.say("  no converter: documents of Word, Excel and OpenDocument can only be saved (libreoffice-writer-nogui, libreoffice-calc-nogui)")
	}
	for _, sv := range []*service{
		l.portalService("internal-site", portInternalOps, "internal-site", "serve", "internal-site.yaml"),
		l.portalService("intake", portIntake, "internal-site", "intake", "intake.yaml"),
		l.portalService("notices", portNotices, "internal-site", "notices", "notices.yaml"),
		l.portalService("syncer", portSyncer, "syncer", "run", "syncer.yaml"),
		l.portalService("external-site", portExternalOps, "external-site", "serve", "external-site.yaml"),
	} {
		if err := s.step(sv.name, func() error { return s.start(ctx, sv) }); err != nil {
			return err
		}
	}
	return nil
}

func (l Layout) portalService(name string, port int, binary, verb, config string) *service {
	return &service{
		name: name, dir: l.State(), stopWith: syscall.SIGTERM, logPath: l.log(name),
		argv:  []string{l.binary(binary), verb, "--config", l.config(config)},
		ready: answers(l.url(port) + "/healthz"),
	}
}

// postOffice takes what the portal sends by e-mail and SMS. It is this program again, with another verb.
func (l Layout) postOffice() *service {
	return &service{
		name: "post-office", dir: l.State(), stopWith: syscall.SIGTERM, logPath: l.log("post-office"),
		argv:  []string{l.binary("demo"), "post-office", l.address(portMail), l.address(portSMSC), l.address(portPost), postPassword, l.url(portInternalSite), l.signIns()},
		ready: answers(l.url(portPost) + "/healthz"),
	}
}

func (s *Supervisor) step(label string, do func() error) error {
	began := time.Now()
	if err := do(); err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	s.say("  %s (%.1f s)", label, time.Since(began).Seconds())
	return nil
}
