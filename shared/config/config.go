// Package config loads a program's YAML configuration strictly: a key that the program does not know
// stops it with the key's name and, where one is near, the name that was probably meant.
//
// Values may be overridden from the environment: PREFIX_SECTION__KEY=value. ${NAME} inside a value is
// not expanded. It may import koanf and shared/fault only.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	"portal.example/shared/fault"
)

// Load reads the YAML file at path into out, a pointer to a struct with `koanf` tags whose current
// values are the defaults, then applies environment variables that begin with prefix + "_" ("" for
// none; "__" separates levels). Every error is a fault.UsageError.
func Load(path, prefix string, out any) error {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Usagef("configuration %s: no such file; name another with --config", path)
	}
	if err != nil {
		return fault.Usagef("configuration %s: %w", path, err)
	}
	return Parse(path, raw, prefix, out)
}

// Parse is Load for YAML that is already in memory; name is what errors call it.
func Parse(name string, raw []byte, prefix string, out any) error {
	k := koanf.New(".")
	if err := k.Load(rawbytes.Provider(raw), yaml.Parser()); err != nil {
		return fault.Usagef("configuration %s: not valid YAML: %w", name, err)
	}
	if prefix != "" {
		if err := k.Load(environment(prefix), nil); err != nil {
			return fault.Usagef("configuration %s: environment: %w", name, err)
		}
	}
	if err := unknown(name, k.Raw(), reflect.TypeOf(out).Elem(), ""); err != nil {
		return err
	}
	err := k.UnmarshalWithConf("", out, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		TagName: "koanf", Result: out, WeaklyTypedInput: true, ErrorUnused: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			mapstructure.StringToTimeDurationHookFunc(), mapstructure.TextUnmarshallerHookFunc()),
	}})
	if err != nil {
		return fault.Usagef("configuration %s: %w", name, err)
	}
	return nil
}

func environment(prefix string) koanf.Provider {
	return env.Provider(".", env.Opt{Prefix: prefix + "_", TransformFunc: func(k, v string) (string, any) {
		k = strings.ToLower(strings.TrimPrefix(k, prefix+"_"))
		return strings.ReplaceAll(k, "__", "."), v
	}})
}

// unknown walks the raw tree beside the struct type so that the error can name the whole path.
func unknown(name string, raw map[string]any, t reflect.Type, path string) error {
	fields := map[string]reflect.Type{}
	collect(t, fields)
	for key, value := range raw {
		ft, ok := fields[key]
		if !ok {
			return unknownKey(name, path+key, key, fields)
		}
		for ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		if sub, isMap := value.(map[string]any); isMap && ft.Kind() == reflect.Struct {
			if err := unknown(name, sub, ft, path+key+"."); err != nil {
				return err
			}
		}
	}
	return nil
}

func collect(t reflect.Type, into map[string]reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, opts, _ := strings.Cut(f.Tag.Get("koanf"), ",")
		switch {
		case strings.Contains(opts, "squash"):
			collect(f.Type, into)
		case tag != "" && tag != "-":
			into[tag] = f.Type
		}
	}
}

func unknownKey(name, path, key string, fields map[string]reflect.Type) error {
	known := make([]string, 0, len(fields))
	for k := range fields {
		known = append(known, k)
	}
	slices.Sort(known)
	hint := "known keys here: " + strings.Join(known, ", ")
	for _, k := range known {
		if distance(k, key) <= 2 {
			hint = fmt.Sprintf("did you mean %q?", k)
			break
		}
	}
	return fault.Usagef("configuration %s: unknown key %q; %s", name, path, hint)
}

// distance is the Levenshtein distance of two short keys.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
