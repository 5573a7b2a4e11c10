// Package postoffice is where the demo's notices end: a mail server and an SMS centre that deliver to nobody, and a page that
// shows what they were given. It is no part of the portal.
package postoffice

import (
	"context"
	"errors"
	"html/template"
	"net"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"portal.example/shared/posttest"
)

// Addresses are where it answers, host:port each.
type Addresses struct{ Mail, SMSC, Page string }

// Credentials are what it asks of the portal.
type Credentials struct{ SystemID, Password string }

// Run answers on all three addresses until ctx ends. Beside the page stand other neighbours of the portal, each below its path.
func Run(ctx context.Context, at Addresses, of Credentials, beside map[string]http.Handler) error {
	mail, smsc := posttest.NewMail(), posttest.NewSMSC()
	smsc.SystemID, smsc.Password = of.SystemID, of.Password
	var listen net.ListenConfig
	letters, errM := listen.Listen(ctx, "tcp", at.Mail)
	shorts, errS := listen.Listen(ctx, "tcp", at.SMSC)
	pages, errP := listen.Listen(ctx, "tcp", at.Page)
	if err := errors.Join(errM, errS, errP); err != nil {
		return err
	}
	pagesAndMore := http.NewServeMux()
	pagesAndMore.Handle("/", Handler(mail, smsc))
	for path, neighbour := range beside {
		pagesAndMore.Handle(path, neighbour)
	}
	server := &http.Server{Handler: pagesAndMore, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return mail.Serve(letters) })
	group.Go(func() error { return smsc.Serve(shorts) })
	group.Go(func() error {
		if err := server.Serve(pages); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return errors.Join(mail.Close(), smsc.Close(), server.Close())
	})
	return group.Wait()
}

// item is a letter or a short message on the page.
type item struct {
	At             time.Time
	Way, From, To  string
	Subject, Text  string
	Parts          int
	ofSMS, ofTotal byte
}

// Handler shows what was taken, the newest first, and answers /healthz.
func Handler(mail *posttest.Mail, smsc *posttest.SMSC) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, gather(mail.Letters(), smsc.Shorts())) // the reader has gone away
	})
	return mux
}

// gather puts the parts of short messages together and sorts everything.
func gather(letters []posttest.Letter, shorts []posttest.Short) (items []item) {
	for _, l := range letters {
		items = append(items, item{At: l.At, Way: "e-mail", From: l.From, To: l.To, Subject: l.Subject, Text: l.Text})
	}
	for _, s := range shorts {
		i := len(items) - 1
		if s.Part > 1 && i >= 0 && items[i].ofSMS == s.Ref && items[i].To == s.To && items[i].Parts < int(s.Of) {
			items[i].Text, items[i].Parts = items[i].Text+s.Text, int(s.Part)
			continue
		}
		items = append(items, item{At: s.At, Way: "SMS", From: s.From, To: s.To, Text: s.Text, Parts: 1, ofSMS: s.Ref, ofTotal: s.Of})
	}
	slices.SortStableFunc(items, func(a, b item) int { return b.At.Compare(a.At) })
	return items
}

var page = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Post office of the demo</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; color: #0b0c0c }
article { border: 1px solid #b1b4b6; padding: 0 1em 1em; margin: 1em 0 } h2 { font-size: 1em; margin: .8em 0 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: 0 } .meta { color: #505a5f }
</style></head><body>
<h1>Post office of the demo</h1>
<p>What the portal sent by e-mail and SMS since the demo was started. None of it left this machine.</p>
{{range .}}<article><h2>{{.Way}} to {{.To}}{{with .Subject}}: <span lang="uk">{{.}}</span>{{end}}</h2>
<p class="meta">{{.At.Format "15:04:05"}}, from {{.From}}{{if .Parts}}, parts: {{.Parts}}{{end}}</p>
<pre lang="uk">{{.Text}}</pre></article>
{{else}}<p>Nothing was sent yet. Register a case whose applicant left a phone number or an e-mail address.</p>
{{end}}</body></html>
`))
