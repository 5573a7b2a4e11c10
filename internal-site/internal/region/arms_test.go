package region_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"portal.example/internal-site/internal/region"
	"portal.example/shared/fault"
)

func picture(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever the file carries beside its picture is gone.
func TestArmsAreDrawnAnew(t *testing.T) {
	carries := append(picture(t, 48), []byte("<script>alert(1)</script>")...)
	drawn, err := region.Draw(carries)
	if err != nil || bytes.Contains(drawn, []byte("script")) {
		t.Fatalf("%d bytes, %v", len(drawn), err)
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 30, 20)), nil); err != nil {
		t.Fatal(err)
	}
	drawn, err = region.Draw(photo.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := png.Decode(bytes.NewReader(drawn)); err != nil || got.Bounds().Dx() != 30 {
		t.Errorf("a photograph: %v", err)
	}
}

func TestWhatCannotBeArms(t *testing.T) {
	whole := picture(t, 48)
	for name, upload := range map[string][]byte{
		"nothing": nil, "a program": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "half a picture": whole[:len(whole)/2],
		"too large": picture(t, 801),
	} {
		if _, err := region.Draw(upload); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
