package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

func newUser() *cobra.Command {
	c := &cobra.Command{
		Use:   "user",
		Short: "Keep the accounts of staff",
		Long: "Keeps the accounts of staff. Passwords are read from a prompt, or from standard input with\n" +
			"--password-stdin, never from the command line, where other users of the machine could see them.",
	}
	c.AddCommand(newUserAdd(), newUserList(), newUserBlock(true), newUserBlock(false), newUserResetPassword(), newUserResetFactors(), newUserUnlink(),
		newUserGrant(true), newUserGrant(false), newUserGroups())
	return c
}

// accounts is what every verb of `user` works with.
type accounts struct {
	pool  *pgxpool.Pool
	users *access.Store
	by    access.Actor
}

// withAccounts runs fn with the database open; the trail remembers who ran the command.
func withAccounts(cmd *cobra.Command, fn func(ctx context.Context, a accounts) error) error {
	c, err := load(cmd)
	if err != nil {
		return err
	}
	pool, err := pg.Open(cmd.Context(), c.Database.DSN, pg.Options{MaxConns: 2, ApplicationName: "internal-site user"})
	if err != nil {
		return err
	}
	defer pool.Close()
	by := access.Operator("command line")
	if u, err := user.Current(); err == nil {
		by = access.Operator("command line, " + u.Username)
	}
	return inWords(fn(cmd.Context(), accounts{pool, access.NewStore(pool, rights.Declared), by}))
}

// inWords replaces message keys by their English text: the reader of a terminal has no catalogue.
func inWords(err error) error {
	var e *fault.Error
	if !errors.As(err, &e) {
		return err
	}
	words, errWords := web.Catalogue()
	if errWords != nil {
		return errors.Join(err, errWords)
	}
	p := words.In(locale.EN)
	var lines []string
	for _, f := range e.Fields {
		lines = append(lines, p.T(f.Key, f.Args...))
	}
	switch {
	case len(lines) > 0:
		return errors.New(strings.Join(lines, "; "))
	case e.Kind == fault.Unavailable:
		return fmt.Errorf("the database cannot be reached: %w", e.Cause)
	case e.Key != "":
		return errors.New(p.T(e.Key, e.Args...))
	}
	return err
}

// readPassword asks for a password twice on a terminal, or reads one line when fromStdin is set.
func readPassword(cmd *cobra.Command, fromStdin bool) (string, error) {
	if fromStdin {
		line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	stdin := int(os.Stdin.Fd()) // #nosec G115 -- a file descriptor
	if !term.IsTerminal(stdin) {
		return "", fault.Usagef("there is no terminal to ask for the password: use --password-stdin")
	}
	ask := func(prompt string) (string, error) {
		fmt.Fprint(cmd.ErrOrStderr(), prompt)
		raw, err := term.ReadPassword(stdin)
		fmt.Fprintln(cmd.ErrOrStderr())
		return string(raw), err
	}
	first, err := ask("New password: ")
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	second, err := ask("The same again: ")
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	if first != second {
		return "", fault.Usagef("the two passwords differ; nothing was changed")
	}
	return first, nil
}

func newUserAdd() *cobra.Command {
	var u access.User
	var fromStdin bool
	c := &cobra.Command{
		Use:   "add LOGIN --name \"FULL NAME\"",
		Short: "Add an account; its password has to be changed at the first sign-in",
		Args:  exactly(1, "the login"),
		RunE: func(cmd *cobra.Command, args []string) error {
			u.Login = args[0]
			if access.NormalLogin(u.Login) == "" {
				return fault.Usagef("login %q: want Latin letters, digits, dots and hyphens, 2 to 63 characters", u.Login)
			}
			if strings.TrimSpace(u.FullName) == "" {
				return fault.Usagef("--name is missing: the person's full name")
			}
			return withAccounts(cmd, func(ctx context.Context, a accounts) error {
				password, err := readPassword(cmd, fromStdin)
				if err != nil {
					return err
				}
				added, _, err := a.users.AddUser(ctx, a.by, u, password, nil)
				if err != nil {
					return err
				}
				return say(cmd, "added %s; let it into a group: internal-site user grant %s GROUP", added.Login, added.Login)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&u.FullName, "name", "", "full name")
	f.StringVar(&u.Position.UK, "position", "", "position")
	f.StringVar(&u.Position.EN, "position-en", "", "position in English")
	f.StringVar(&u.Email, "email", "", "e-mail")
	f.StringVar(&u.Phone, "phone", "", "telephone")
	f.BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input")
	return c
}

func newUserList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the accounts and their groups",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd, func(ctx context.Context, a accounts) error { return listUsers(ctx, cmd.OutOrStdout(), a) })
		},
	}
}

func listUsers(ctx context.Context, out io.Writer, a accounts) error {
	users, err := a.users.Users(ctx, a.by)
	if err != nil {
		return err
	}
	codes, err := org.Codes(ctx, a.pool)
	if err != nil {
		return err
	}
	for _, u := range users {
		state := "active"
		if u.Blocked {
			state = "blocked"
		}
		var roles []string
		for _, g := range u.Grants {
			roles = append(roles, string(g.Group)+codes.Suffix(g.Place))
		}
		if _, err := fmt.Fprintf(out, "%-24s %-8s %-40s %s\n", u.Login, state, u.FullName, strings.Join(roles, " ")); err != nil {
			return err
		}
	}
	return nil
}

func newUserGroups() *cobra.Command {
	return &cobra.Command{
		Use:   "groups",
		Short: "List the groups, and in what kind of place each counts",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd, func(ctx context.Context, a accounts) error {
				groups, err := a.users.Groups(ctx)
				for _, g := range groups {
					err = errors.Join(err, say(cmd, "%-24s %-10s %s", g.Code, g.Place, g.Name.UK))
				}
				return err
			})
		},
	}
}

func newUserBlock(block bool) *cobra.Command {
	use, short := "unblock", "Let a blocked account sign in again"
	if block {
		use, short = "block", "Block an account and end its sessions"
	}
	return toAccount(use, short, use+"ed %s", func(ctx context.Context, a accounts, id uuid.UUID) error {
		return a.users.SetBlocked(ctx, a.by, id, block)
	})
}

// toAccount makes a verb that does something to the account with the login, and says so.
func toAccount(use, short, done string, do func(ctx context.Context, a accounts, id uuid.UUID) error) *cobra.Command {
	return &cobra.Command{
		Use: use + " LOGIN", Short: short, Args: exactly(1, "the login"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd, func(ctx context.Context, a accounts) error {
				u, err := a.find(ctx, args[0])
				if err != nil {
					return err
				}
				if err := do(ctx, a, u.ID); err != nil {
					return err
				}
				return say(cmd, done, u.Login)
			})
		},
	}
}

func newUserResetPassword() *cobra.Command {
	var fromStdin bool
	c := &cobra.Command{
		Use:   "reset-password LOGIN",
		Short: "Set a password that has to be changed at the next sign-in; ends every session",
		Args:  exactly(1, "the login"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd, func(ctx context.Context, a accounts) error {
				u, err := a.find(ctx, args[0])
				if err != nil {
					return err
				}
				password, err := readPassword(cmd, fromStdin)
				if err != nil {
					return err
				}
				if err := a.users.SetPassword(ctx, a.by, u, password); err != nil {
					return err
				}
				return say(cmd, "%s has a new password and will be asked to change it", u.Login)
			})
		},
	}
	c.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input")
	return c
}

func newUserResetFactors() *cobra.Command {
	return toAccount("reset-factors", "Take the second factors off an account; ends every session", "%s has no second factor any more",
		func(ctx context.Context, a accounts, id uuid.UUID) error {
			_, err := a.users.ResetFactors(ctx, a.by, id)
			return err
		})
}

func newUserUnlink() *cobra.Command {
	return toAccount("unlink", "Untie an account from the OpenID Connect provider; ends every session", "%s is tied to nobody at the provider any more",
		func(ctx context.Context, a accounts, id uuid.UUID) error { return a.users.Unlink(ctx, a.by, id) })
}

func newUserGrant(give bool) *cobra.Command {
	use, short := "revoke", "Take an account out of a group"
	if give {
		use, short = "grant", "Let an account into a group in a centre, in an authority or in the region"
	}
	var centre, authority string
	c := &cobra.Command{
		Use:   use + " LOGIN GROUP [--centre CODE | --authority CODE]",
		Short: short,
		Long:  short + ".\n`internal-site user groups` lists the groups. Nobody has to confirm what is given here.",
		Args:  exactly(2, "the login and the group"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withAccounts(cmd, func(ctx context.Context, a accounts) error {
				u, err := a.find(ctx, args[0])
				if err != nil {
					return err
				}
				g, err := a.grant(ctx, access.GroupCode(args[1]), centre, authority)
				if err != nil {
					return err
				}
				if give {
					_, err = a.users.Give(ctx, a.by, u.ID, g)
				} else {
					err = a.users.Take(ctx, a.by, u.ID, g)
				}
				if fault.Is(err, fault.NotFound) {
					return fmt.Errorf("%s is not in the group %s there", u.Login, g.Group)
				}
				if err != nil {
					return err
				}
				return say(cmd, "%s: %s %s", u.Login, use, g.Group)
			})
		},
	}
	c.Flags().StringVar(&centre, "centre", "", "code of the centre, for groups of a centre")
	c.Flags().StringVar(&authority, "authority", "", "code of the authority, for groups of an authority")
	return c
}

func (a accounts) find(ctx context.Context, login string) (access.User, error) {
	u, err := a.users.UserByLogin(ctx, login)
	if fault.Is(err, fault.NotFound) {
		return access.User{}, fmt.Errorf("there is no account %q; see internal-site user list", login)
	}
	return u, err
}

// grant looks up the group, and the centre or the authority, by their codes.
func (a accounts) grant(ctx context.Context, code access.GroupCode, centre, authority string) (access.Grant, error) {
	g := access.Grant{Group: code, Place: access.InRegion()}
	group, err := a.users.Group(ctx, code)
	if fault.Is(err, fault.NotFound) {
		return g, fault.Usagef("there is no group %q; see internal-site user groups", code)
	}
	if err != nil {
		return g, err
	}
	if err := group.CheckPlace(centre != "", authority != ""); err != nil {
		return g, fault.UsageError{Err: err}
	}
	codes, err := org.Codes(ctx, a.pool)
	if err != nil {
		return g, err
	}
	if centre != "" {
		id, ok := codes.Centres[centre]
		if !ok {
			return g, fmt.Errorf("there is no centre with the code %q; there are: %s", centre, org.List(codes.Centres))
		}
		g.Place = access.InCentre(id)
	}
	if authority != "" {
		id, ok := codes.Authorities[authority]
		if !ok {
			return g, fmt.Errorf("there is no authority with the code %q; there are: %s", authority, org.List(codes.Authorities))
		}
		g.Place = access.InAuthority(id)
	}
	return g, nil
}

// exactly is cobra.ExactArgs with an answer that says what is wanted.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return fault.Usagef("want %s: %s", what, cmd.UseLine())
		}
		return nil
	}
}

func say(cmd *cobra.Command, format string, args ...any) error {
	_, err := fmt.Fprintf(cmd.OutOrStdout(), format+"\n", args...)
	return err
}
