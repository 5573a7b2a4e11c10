package trail

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"portal.example/shared/fault"
)

// Keeper signs checkpoints of the chain and keeps them outside the database.
type Keeper struct {
	Key  Key
	File string // each checkpoint is added to it as a line of JSON; "" keeps them in the database alone
}

// Keep signs a checkpoint of the end of the chain; false when nothing has been added since the last.
func (k *Keeper) Keep(ctx context.Context, s *Store) (c Checkpoint, made bool, err error) {
	c, made, err = s.Check(ctx, k.Key)
	if err != nil || !made || k.File == "" {
		return c, made, err
	}
	return c, made, addLine(k.File, c)
}

// addLine writes the checkpoint to the disk before it returns.
func addLine(path string, c Checkpoint) error {
	line, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write a checkpoint: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("keep a checkpoint: %w", err)
	}
	_, errWrite := f.Write(append(line, '\n'))
	if err := errors.Join(errWrite, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keep a checkpoint: %w", err)
	}
	return nil
}

// ReadCheckpoints reads what a Keeper has written. A last line without an end was being written as the machine stopped, and is left out.
func ReadCheckpoints(r io.Reader) (list []Checkpoint, err error) {
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return list, fmt.Errorf("read checkpoints: %w", err)
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		var c Checkpoint
		if err := json.Unmarshal(line, &c); err != nil || c.Seq <= 0 {
			return list, fault.Usagef("line %d is no checkpoint", n)
		}
		list = append(list, c)
	}
}
