package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/convert"
	"portal.example/shared/background"
	"portal.example/shared/config"
	"portal.example/shared/fault"
	"portal.example/shared/operations"
	"portal.example/shared/program"
	"portal.example/shared/web"
)

// ConvertConfig is convert.yaml. It names no database, no object store and no secret, and nothing else on this machine but a socket.
// Environment variables override it: PORTAL_CONVERT_SOCKET and so on.
type ConvertConfig struct {
	// Socket is the path of the Unix socket at which the site asks.
	Socket string `koanf:"socket"`
	// Program is LibreOffice; "" is soffice of the search path.
	Program string `koanf:"program"`
	// Dir is where the folders of single documents are made, each gone with its document; "" is the system's for temporary files.
	Dir string `koanf:"dir"`
	// Within is how long one document may take, at most 40s; 30s when zero.
	Within time.Duration `koanf:"within"`
	// MemoryMiB is how much memory the processes of one document may address; 4096 when zero.
	MemoryMiB int64 `koanf:"memory_mib"`
	// Workers is how many documents are in work at once; 1 when zero.
	Workers int `koanf:"workers"`
}

func newConvert() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "convert",
		Short: "Make PDF out of office documents for the staff pages, with LibreOffice",
		Long: "Runs the converter until it is told to stop. It listens at a Unix socket only and needs a configuration of its own\n" +
			"(--config convert.yaml): whatever a document does to LibreOffice, there is no database, no object store and no secret\n" +
			"in this process.",
		Args: cobra.NoArgs,
		RunE: runConvert,
	}
	cmd.AddCommand(&cobra.Command{
		Use: "validate", Short: "Check the configuration of the converter and whether LibreOffice is there", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConvert(cmd)
			if err != nil {
				return err
			}
			if err := c.office().Check(); err != nil {
				return fault.Wrap(fault.Unavailable, err, "")
			}
			return nil
		},
	})
	return cmd
}

func loadConvert(cmd *cobra.Command) (ConvertConfig, error) {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return ConvertConfig{}, err
	}
	if !cmd.Flags().Changed("config") {
		path = "convert.yaml"
	}
	var c ConvertConfig
	if err := config.Load(path, "PORTAL_CONVERT", &c); err != nil {
		return c, err
	}
	switch {
	case c.Socket == "":
		return c, fault.Usagef("configuration %s: socket is missing", path)
	case c.Within < 0 || c.Within > convert.LongestWithin:
		return c, fault.Usagef("configuration %s: within must be at most %s", path, convert.LongestWithin)
	case c.MemoryMiB < 0 || c.MemoryMiB > 0 && c.MemoryMiB < 1024:
		return c, fault.Usagef("configuration %s: memory_mib must be at least 1024: LibreOffice maps that much for an empty page", path)
	case c.Workers < 0 || c.Workers > 8:
		return c, fault.Usagef("configuration %s: workers must be 0 to 8", path)
	}
	return c, nil
}

func (c ConvertConfig) office() convert.Office {
	return convert.Office{Program: c.Program, Dir: c.Dir, Within: c.Within, Memory: c.MemoryMiB << 20}
}

func runConvert(cmd *cobra.Command, _ []string) error {
	c, err := loadConvert(cmd)
	if err != nil {
		return err
	}
	return program.Run(cmd.Context(), "convert", operations.Config{}, c.build)
}

// build puts the converter together. It starts without LibreOffice too, and is green once that is there.
func (c ConvertConfig) build(_ context.Context, s *program.Service) error {
	office := c.office()
	if err := office.Check(); err != nil {
		s.Log.Warn("documents cannot be converted yet", "error", err)
	}
	worker := convert.NewWorker(office, c.Workers, s.Log)
	s.Background.Add(background.Job{Name: "converter", Run: func(ctx context.Context, started func()) error {
		listener, err := convert.Listen(ctx, c.Socket)
		if err != nil {
			return err
		}
		s.Log.InfoContext(ctx, "listens", "part", "converter", "socket", c.Socket)
		started()
		return web.ServeOn(ctx, listener, web.ServeConfig{}, worker.Handler())
	}})
	return nil
}
