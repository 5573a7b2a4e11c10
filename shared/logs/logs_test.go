package logs_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"portal.example/shared/logs"
)

func TestSecretsAndPeopleStayOutOfTheLog(t *testing.T) {
	var b strings.Builder
	log := logs.New(&b, slog.LevelInfo)
	log.Info("sign-in of 3184710691", "password", "hunter2", "Token", "abc", "count", 5)
	log.With("email", "x@y.ua").Error("failed", "error", errors.New(
		"connect postgres://portal:pa55word@db:5432/x: password='geheim' user ivan.petrenko@example.gov.ua +380 (67) 123-45-67 19870512-01234 7F3K-22QW-0AAB-9XYZ-C"))
	log.WithGroup("request").Info("done", "code", "7F3K", "route", "/track/:number", "number", "2026-01-000123", "lsn", "0/16B3748")
	for _, secret := range []string{
		"3184710691", "hunter2", "abc", "x@y.ua", "pa55word", "geheim", "ivan.petrenko", "123-45-67", "19870512", "7F3K",
	} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, b.String())
		}
	}
	for _, kept := range []string{"count=5", "postgres://portal:", "@db:5432/x", "/track/:number", "2026-01-000123", "0/16B3748", "level=ERROR"} {
		if !strings.Contains(b.String(), kept) {
			t.Errorf("%q is missing:\n%s", kept, b.String())
		}
	}
}

func TestLevel(t *testing.T) {
	var b strings.Builder
	logs.New(&b, slog.LevelWarn).Info("quiet")
	if b.Len() > 0 {
		t.Errorf("wrote %q", b.String())
	}
}
