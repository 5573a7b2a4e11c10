package stack

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// superuser of both clusters. Only this program and tests that attach use it.
const superuser = "postgres"

// ownerRole owns the schemas and runs migrations.
const ownerRole = "portal_owner"

var internalRoles = []string{superuser, ownerRole, "internal_site", "intake", "notices", "fetcher", "syncer_reader"}

var externalRoles = []string{superuser, ownerRole, "external_site", "syncer_writer", "syncer_fetcher"}

// Accounts of the object stores; deploy/objects says what each may do.
var (
	internalAccounts = []string{"internal_site", "intake", "fetcher", "syncer_reader"}
	externalAccounts = []string{"external_site", "syncer_writer", "syncer_fetcher"}
)

// storeKeys open one object store.
type storeKeys struct {
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// secrets are made once per copy and kept in a file that only its owner reads.
type secrets struct {
	Internal      map[string]string `json:"internal"` // role -> password
	External      map[string]string `json:"external"`
	InternalStore storeKeys         `json:"internal_store"` // the administrator's
	ExternalStore storeKeys         `json:"external_store"`
	// account -> secret key
	InternalAccounts map[string]string `json:"internal_accounts"`
	ExternalAccounts map[string]string `json:"external_accounts"`
}

// loadSecrets reads the copy's secrets; those that are missing are made and written at once.
func loadSecrets(l Layout) (secrets, error) {
	var s secrets
	path := filepath.Join(l.State(), "secrets.json")
	data, err := os.ReadFile(path) //nolint:gosec // a path of our own
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("read secrets: %w", err)
	}
	if err == nil {
		if err := json.Unmarshal(data, &s); err != nil {
			return s, fmt.Errorf("%s is damaged (%w); scripts/demo reset begins anew", path, err)
		}
	}
	s.Internal, s.External = complete(s.Internal, internalRoles), complete(s.External, externalRoles)
	s.InternalAccounts = complete(s.InternalAccounts, internalAccounts)
	s.ExternalAccounts = complete(s.ExternalAccounts, externalAccounts)
	s.InternalStore, s.ExternalStore = s.InternalStore.complete("internal"), s.ExternalStore.complete("external")
	if whole, err := encode(path, s); err != nil || bytes.Equal(whole, data) {
		return s, err // nothing was missing: whoever only looks writes nothing
	}
	return s, writeJSON(path, s)
}

func complete(passwords map[string]string, roles []string) map[string]string {
	if passwords == nil {
		passwords = map[string]string{}
	}
	for _, role := range roles {
		if passwords[role] == "" {
			passwords[role] = rand.Text()
		}
	}
	return passwords
}

func (k storeKeys) complete(access string) storeKeys {
	if k.SecretKey == "" {
		return storeKeys{AccessKey: access, SecretKey: rand.Text()}
	}
	return k
}

// writeJSON replaces the file whole, readable by its owner only.
func writeJSON(path string, v any) error {
	data, err := encode(path, v)
	if err != nil {
		return err
	}
	return writeFile(path, data)
}

func encode(path string, v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	return append(data, '\n'), nil
}

// writeFile writes beside the file, under a name that no other process has, and renames: who reads finds the old whole or the new.
func writeFile(path string, data []byte) error {
	unnamed, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	_, err = unnamed.Write(data)
	if err = errors.Join(err, unnamed.Close()); err == nil {
		err = os.Rename(unnamed.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write: %w", errors.Join(err, os.Remove(unnamed.Name())))
	}
	return nil
}
