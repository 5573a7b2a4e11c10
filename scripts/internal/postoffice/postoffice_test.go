package postoffice

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"portal.example/shared/posttest"
)

// What the servers took stands on the page, parts of a short message as one text.
func TestPageShowsWhatWasTaken(t *testing.T) {
	now := time.Now()
	items := gather(
		[]posttest.Letter{{At: now, From: "portal@cnap.example", To: "olena@example.org", Subject: "Справа", Text: "Добрий день"}},
		[]posttest.Short{
			{At: now.Add(time.Second), From: "CNAP", To: "380501234567", Text: "Перша ", Part: 1, Of: 2, Ref: 7},
			{At: now.Add(time.Second), From: "CNAP", To: "380501234567", Text: "друга", Part: 2, Of: 2, Ref: 7},
			{At: now.Add(2 * time.Second), From: "CNAP", To: "380501234567", Text: "Інше", Part: 1, Of: 1},
		})
	if len(items) != 3 || items[0].Text != "Інше" || items[1].Text != "Перша друга" || items[1].Parts != 2 || items[2].Way != "e-mail" {
		t.Errorf("%+v", items)
	}
}

func TestLetterReachesThePage(t *testing.T) {
	mail := posttest.NewMail()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- mail.Serve(l) }()
	t.Cleanup(func() {
		_ = mail.Close()
		if err := <-ended; err != nil {
			t.Logf("the server ended with %v", err)
		}
	})
	message := "Subject: hello\r\n\r\n<b>Good day</b>\r\n"
	if err := smtp.SendMail(l.Addr().String(), nil, "a@b.example", []string{"c@d.example"}, []byte(message)); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	Handler(mail, posttest.NewSMSC()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if !strings.Contains(w.Body.String(), "e-mail to c@d.example") || !strings.Contains(w.Body.String(), "&lt;b&gt;Good day") {
		t.Error(w.Body.String())
	}
}
