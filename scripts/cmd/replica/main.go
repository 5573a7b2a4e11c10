// Command replica writes the migrations of the public site's replica, or says with -check that one is missing; see
// scripts/replica. It imports shared/pgtest for a server that is thrown away, and scripts/internal/replica.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"portal.example/scripts/internal/replica"
	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
)

func main() {
	check := flag.Bool("check", false, "only say what is missing, and fail when something is")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Getenv("PORTAL_ROOT"), *check)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, check bool) error {
	found, err := compare(ctx, root)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		fmt.Println("The replica is what deploy/whitelist.d and the internal schema ask for.")
		return nil
	}
	if check {
		return errors.New(say(found) + "Run scripts/replica and commit what it writes.")
	}
	folder := filepath.Join(root, "external-site/migrations")
	written, err := replica.Write(folder, found)
	if err != nil {
		return err
	}
	for _, name := range written {
		fmt.Println("written: external-site/migrations/" + name)
	}
	left, err := compare(ctx, root)
	if err == nil && len(left) > 0 {
		err = errors.New(say(left) + "That is for a person to decide: write the migration by hand.")
	}
	return err
}

func say(found []replica.Difference) string {
	text := "The replica is not what deploy/whitelist.d and the internal schema ask for:\n"
	for _, d := range found {
		text += fmt.Sprintf("  %s: %s\n", d.Table, d.Text)
	}
	return text
}

// compare migrates two databases on a server that is thrown away, and compares them.
func compare(ctx context.Context, root string) ([]replica.Difference, error) {
	list, err := whitelist.Load(filepath.Join(root, "deploy/whitelist.d"))
	if err != nil {
		return nil, err
	}
	cluster, err := pgtest.Launch(pgtest.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = cluster.Close() }()
	var sides [2]*pgx.Conn
	for i, node := range []string{"internal", "external"} {
		dsn, err := cluster.Node(ctx, node)
		if err != nil {
			return nil, err
		}
		if sides[i], err = pgx.Connect(ctx, dsn); err != nil {
			return nil, err
		}
		defer func() { _ = sides[i].Close(context.WithoutCancel(ctx)) }()
	}
	return replica.Compare(ctx, list, sides[0], sides[1])
}
