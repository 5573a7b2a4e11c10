package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Status is what other programs attach by: `scripts/demo status --json`. DSNs are the superuser's.
type Status struct {
	State        string         `json:"state"` // running or stopped
	ExternalSite string         `json:"external_site"`
	InternalSite string         `json:"internal_site"`
	Letters      string         `json:"letters"` // the page with what was sent by e-mail and SMS
	InternalDSN  string         `json:"internal_dsn"`
	ExternalDSN  string         `json:"external_dsn"`
	InternalS3   StoreAddress   `json:"internal_s3"`
	ExternalS3   StoreAddress   `json:"external_s3"`
	SyncerConfig string         `json:"syncer_config"`
	Syncer       string         `json:"syncer"`
	SignIns      []SignIn       `json:"sign_ins"`
	Signers      []Signer       `json:"signers"`
	Processes    []ProcessState `json:"processes"`
}

// StoreAddress says how to reach an object store.
type StoreAddress struct {
	Endpoint string `json:"endpoint"`
	storeKeys
}

// SignIn is one account of the demo region.
type SignIn struct {
	Role     string `json:"role"`
	Login    string `json:"login"`
	Password string `json:"password"`
}

// ProcessState is one process of the copy; PID is 0 while it is down.
type ProcessState struct {
	Name string `json:"name"`
	PID  int    `json:"pid"`
	Log  string `json:"log"`
}

// The states of a copy. A copy that is still starting counts as stopped for those who attach.
const (
	StateRunning = "running"
	StateStopped = "stopped"
)

// supervisorState is what the supervisor writes for status and stop to read.
type supervisorState struct {
	PID       int            `json:"pid"`
	Ready     bool           `json:"ready"`
	Processes []ProcessState `json:"processes"`
}

func (l Layout) statePath() string { return filepath.Join(l.State(), "state.json") }
func (l Layout) lockPath() string  { return filepath.Join(l.State(), "supervisor.lock") }

// supervisor returns what the running supervisor wrote; ok is false when none runs, whatever a killed
// one may have left in its file.
func (l Layout) supervisor() (s supervisorState, ok bool, err error) {
	lock, err := os.OpenFile(l.lockPath(), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("look for a supervisor: %w", err)
	}
	defer func() { _ = lock.Close() }()
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return s, false, nil
	}
	data, err := os.ReadFile(l.statePath())
	if errors.Is(err, fs.ErrNotExist) {
		return s, true, nil // it has only just begun
	}
	if err != nil {
		return s, true, fmt.Errorf("read state: %w", err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, true, fmt.Errorf("read state: %w", err)
	}
	return s, true, nil
}

// Status describes the copy, running or not.
func (l Layout) Status() (Status, error) {
	st := Status{
		State: StateStopped, ExternalSite: l.url(portExternalSite), InternalSite: l.url(portInternalSite), Letters: l.url(portPost),
		SyncerConfig: l.config("syncer.yaml"), Syncer: l.binary("syncer"),
		SignIns: []SignIn{}, Signers: []Signer{}, Processes: []ProcessState{},
	}
	sup, up, err := l.supervisor()
	if err != nil {
		return st, err
	}
	if up && sup.Ready {
		st.State = StateRunning
	}
	if up && sup.Processes != nil {
		st.Processes = sup.Processes
	}
	if _, err := os.Stat(filepath.Join(l.State(), "secrets.json")); err != nil {
		return st, nil //nolint:nilerr // nothing was started here yet, so there is nothing to attach to
	}
	sec, err := loadSecrets(l)
	if err != nil {
		return st, err
	}
	st.InternalDSN = l.dsn(portInternalPG, superuser, sec.Internal[superuser])
	st.ExternalDSN = l.dsn(portExternalPG, superuser, sec.External[superuser])
	st.InternalS3 = StoreAddress{l.address(portInternalS3), sec.InternalStore}
	st.ExternalS3 = StoreAddress{l.address(portExternalS3), sec.ExternalStore}
	if found, err := readSignIns(l.signIns()); err == nil {
		st.SignIns = found
	}
	if found, err := l.signers(); err == nil {
		st.Signers = found
	}
	return st, nil
}

func readSignIns(path string) ([]SignIn, error) {
	data, err := os.ReadFile(path) //nolint:gosec // a path of our own
	if err != nil {
		return nil, fmt.Errorf("read sign-ins: %w", err)
	}
	var found []SignIn
	if err := json.Unmarshal(data, &found); err != nil {
		return nil, fmt.Errorf("read sign-ins: %w", err)
	}
	return found, nil
}
