package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
)

func TestImportDemo(t *testing.T) {
	n := newNode(t)
	store := blobtest.Config(t, "documents")
	n.write(t, "site.yaml", fmt.Sprintf("database: {dsn: %q, owner_dsn: %q}\nobjects: {endpoint: %q, access_key: %q, secret_key: %q}\n",
		n.db.As("internal_site"), n.db.DSN, store.Endpoint, store.AccessKey, store.SecretKey))
	out, log, err := n.run(t, "import", "demo", "--json", "--today", "2026-11-22", "--sign-ins", "{}/sign-ins.json")
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	var got told
	if err := json.Unmarshal([]byte(out), &got); err != nil || len(got.SignIns) < 40 || len(got.Applications) != 10 {
		t.Errorf("%v: %s", err, out)
	}
	if !strings.Contains(log, "Демо-регіон завантажено: послуг 48, установ 17, справ 358") {
		t.Errorf("log:\n%s", log)
	}
	if info, err := os.Stat(n.path("sign-ins.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("sign-ins: %v, %v", info, err)
	}
	var list []map[string]string
	if err := json.Unmarshal([]byte(n.read(t, "sign-ins.json")), &list); err != nil || list[0]["role"] == "" || list[0]["login"] == "" || list[0]["password"] == "" {
		t.Errorf("sign-ins: %v, %v", err, list)
	}
	again, log, err := n.run(t, "import", "demo", "--json", "--today", "2026-12-01")
	if err != nil || !strings.Contains(log, "Демо-регіон уже завантажено") || again != out {
		t.Errorf("the second time: %v\n%s", err, log)
	}
}

func TestImportDemoRefuses(t *testing.T) {
	n := newNode(t)
	if _, _, err := n.run(t, "import", "demo", "--today", "tomorrow"); fault.ExitCode(err) != fault.ExitUsage {
		t.Errorf("a day that is none: %v", err)
	}
	out, _, err := n.run(t, "--config", "{}/missing.yaml", "import", "demo", "--sign-ins-only")
	if err != nil || !strings.Contains(out, "portal_administrator") {
		t.Errorf("accounts without a configuration: %v\n%s", err, out)
	}
}
