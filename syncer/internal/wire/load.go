package wire

import "encoding/binary"

// The frames of a load: pieces of tables, and objects.

// AppendPiece appends a Piece frame.
func AppendPiece(b []byte, p Piece) []byte {
	b, at := openFrame(b, KindPiece)
	b = appendText(appendShort(b, int(p.Table)), p.ID)
	b = appendLong(appendLong(b, p.Number), p.Of)
	b = appendNumber(b, p.Bytes)
	return sealFrame(appendFlag(b, p.Binary), at)
}

func readPiece(d *decoder) Piece {
	p := Piece{
		Table: d.short(), ID: d.text(), Number: d.long(), Of: d.long(),
		Bytes: d.number(), Binary: d.flag(),
	}
	d.bad = d.bad || len(p.ID) > MaxPieceID
	return p
}

// AppendData appends a Data frame.
func AppendData(b, data []byte) []byte {
	b, at := openFrame(b, KindData)
	return sealFrame(append(b, data...), at)
}

// AppendPieceEnd appends a PieceEnd frame.
func AppendPieceEnd(b []byte, e PieceEnd) []byte {
	b, at := openFrame(b, KindPieceEnd)
	return sealFrame(binary.BigEndian.AppendUint64(b, e.Count), at)
}

// AppendDone appends a Done frame.
func AppendDone(b []byte) []byte {
	b, at := openFrame(b, KindDone)
	return sealFrame(b, at)
}

// AppendOffer appends an Offer frame.
func AppendOffer(b []byte, o Offer) []byte {
	b, at := openFrame(b, KindOffer)
	b = appendText(appendText(appendLong(b, o.Number), o.Key), o.SHA256)
	return sealFrame(appendNumber(b, o.Size), at)
}

func readOffer(d *decoder) Offer {
	return Offer{Number: d.long(), Key: d.text(), SHA256: d.text(), Size: d.number()}
}

// readLoad reads the frames of this file.
func readLoad(d *decoder, kind Kind) any {
	switch kind {
	case KindPiece:
		return readPiece(d)
	case KindData:
		return Data(d.take(len(d.rest)))
	case KindPieceEnd:
		return PieceEnd{Count: uint64(d.lsn())}
	case KindDone:
		return Done{}
	case KindOffer:
		return readOffer(d)
	}
	return nil
}
