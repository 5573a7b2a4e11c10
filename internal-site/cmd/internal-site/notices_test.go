package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/fault"
)

// A wrong configuration stops the worker with the name of what is wrong, before anything is sent.
func TestNoticesConfiguration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notices.yaml")
	for text, want := range map[string]string{
		"": "",
		"email: {server: 'mail.example:587', from: 'portal@example.gov.ua'}":                 "",
		"email: {server: 'mail.example:587'}":                                                "email.from",
		"email: {server: 'mail.example:25', from: 'a@b.ua', encryption: none, user: portal}": "in the clear",
		"sms: {server: 'smsc.example:2775', system_id: portal, sender: CNAP}":                "",
		"sms: {server: 'smsc.example:2775', system_id: portal}":                              "sms.sender",
		"sms: {sever: 'smsc.example:2775'}":                                                  "sever",
		"public_url: cnap.example":                                                           "public_url",
		"per_day: -1":                                                                        "per_day",
		"listen: '0.0.0.0:9314'":                                                             "every network",
	} {
		if err := os.WriteFile(path, []byte("database: {dsn: 'postgres://notices@127.0.0.1/portal'}\n"+text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := newNotices()
		cmd.Flags().String("config", "", "")
		if err := cmd.Flags().Set("config", path); err != nil {
			t.Fatal(err)
		}
		_, err := loadNotices(cmd)
		if (want == "") != (err == nil) || err != nil && (!strings.Contains(err.Error(), want) || fault.ExitCode(err) != fault.ExitUsage) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
