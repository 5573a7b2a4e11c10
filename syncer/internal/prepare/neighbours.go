package prepare

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// neighbours examines what the syncer uses besides the two databases of the stream: the stores of documents, both ends of the inbound
// channel, and the network between them.
type neighbours struct {
	*Report

	cfg *config.Config
}

// examineDocuments examines whether both stores can be read. `init` makes a bucket that is missing on the target.
func (n *neighbours) examineDocuments(ctx context.Context) error {
	c := n.cfg.Documents
	if c == nil {
		return nil
	}
	n.examineStore(ctx, "documents.source", c.Source, relation.Refuse, "create it and let the key read it")
	n.examineStore(ctx, "documents.target", c.Target, relation.Todo, "it will be created")
	return nil
}

var errEnough = errors.New("enough")

// examineStore lists one object, which fails unless address, keys and bucket are right.
func (n *neighbours) examineStore(ctx context.Context, name string, c blob.Config, missing relation.Level, hint string) {
	b, err := blob.Open(c)
	if err == nil {
		err = b.Keys(ctx, "", func(blob.Info) error { return errEnough })
	}
	side, _, _ := strings.Cut(name, ".")
	switch {
	case err == nil, errors.Is(err, errEnough):
	case fault.ExitCode(err) == fault.ExitUsage:
		n.addFinding(relation.Refuse, side, name, link.Text(err))
	case errors.Is(err, blob.ErrNoBucket):
		n.addFinding(missing, side, name, fmt.Sprintf("bucket %s does not exist; %s", c.Bucket, hint))
	case fault.Is(err, fault.Unavailable):
		n.addFinding(relation.Refuse, side, name, fmt.Sprintf("store %s does not answer as it should; check endpoint, secure and ca_file", c.Endpoint))
	default:
		n.addFinding(relation.Refuse, side, name, fmt.Sprintf("store %s refuses to list bucket %s; check access_key, secret_key and its rights", c.Endpoint, c.Bucket))
	}
}

// examineNetwork warns of addresses that only `insecure: true` allows.
func (n *neighbours) examineNetwork(context.Context) error {
	exposed := n.cfg.Exposed()
	for _, key := range slices.Sorted(maps.Keys(exposed)) {
		side, _, _ := strings.Cut(key, ".")
		n.addFinding(relation.Warning, side, key, exposed[key]+" (insecure: true allows it)")
	}
	return nil
}

// ensureStores makes the buckets that `init` may make.
func (i *initialization) ensureStores(ctx context.Context) error {
	if i.cfg.Documents == nil {
		return nil
	}
	b, err := blob.Open(i.cfg.Documents.Target)
	if err != nil {
		return err
	}
	if err := b.Ensure(ctx); err != nil {
		return fmt.Errorf("documents.target: bucket %s cannot be created; create it by hand: %w", i.cfg.Documents.Target.Bucket, err)
	}
	return nil
}

// examineInbound examines whether both ends of the inbound channel are there and may be used.
func (n *neighbours) examineInbound(ctx context.Context) error {
	c := n.cfg.Inbound
	if c == nil {
		return nil
	}
	n.examineStore(ctx, "inbound.outside.store", c.Outside.Store, relation.Refuse, "external-site creates it")
	n.examineStore(ctx, "inbound.inside.store", c.Inside.Store, relation.Refuse, "internal-site creates it")
	err := n.examineFunctions(ctx, "inbound.outside.dsn", c.Outside.DSN,
		"inbound.pending(integer)", "inbound.pending(integer,uuid[])", "inbound.waiting()", "inbound.acknowledge(uuid,bytea)")
	if err != nil {
		return err
	}
	return n.examineFunctions(ctx, "inbound.inside.dsn", c.Inside.DSN,
		"intake.receive(uuid,text,text,text,bytea,bytea,jsonb,timestamptz)",
		"intake.receive_damaged(uuid,text,text,timestamptz)",
		"intake.known(uuid,bytea)")
}

func (n *neighbours) examineFunctions(ctx context.Context, name, dsn string, functions ...string) error {
	conn, err := link.Open(ctx, dsn, link.Options{Name: name, Application: "check", MaxAnswer: link.SmallAnswer, AnswerWithin: link.Soon})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	for _, f := range functions {
		var may bool
		err := conn.QueryRow(ctx, `SELECT pg_catalog.has_function_privilege($1::text, 'EXECUTE')`, f).Scan(&may)
		switch {
		case err != nil && link.Code(err) == "":
			return fmt.Errorf("%s: %w", name, err)
		case err != nil:
			n.addFinding(relation.Refuse, "inbound", name, "there is no function "+f+"; run the site's migrations")
		case !may:
			n.addFinding(relation.Refuse, "inbound", name, "the role may not execute "+f, "GRANT EXECUTE ON FUNCTION "+f+" TO "+conn.Config().User+";")
		}
	}
	return nil
}
