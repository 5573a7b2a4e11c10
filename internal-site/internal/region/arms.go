package region

import (
	"bytes"
	"image"
	_ "image/jpeg" // uploads may be photographs
	"image/png"

	"portal.example/shared/fault"
)

const (
	// MaxArms is how much may be uploaded.
	MaxArms = 1 << 20
	maxSide = 800 // pixels; pages show 48
)

// Draw makes of an uploaded picture the one that pages show. The picture is decoded and drawn anew as PNG, so that
// nothing else that the file may carry reaches a browser; that is also why there is no SVG, which is a program.
func Draw(upload []byte) ([]byte, error) {
	wrong := func(key string, args ...any) error {
		return fault.InvalidFields(fault.FieldError{Field: "arms", Key: key, Args: args})
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(upload))
	if err != nil {
		return nil, wrong("region.arms_unreadable")
	}
	if size.Width > maxSide || size.Height > maxSide || size.Width < 1 || size.Height < 1 {
		return nil, wrong("region.arms_large", maxSide)
	}
	picture, _, err := image.Decode(bytes.NewReader(upload))
	if err != nil {
		return nil, wrong("region.arms_unreadable")
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return nil, err
	}
	if b.Len() > MaxArms {
		return nil, wrong("region.arms_large", maxSide)
	}
	return b.Bytes(), nil
}
