package cabinet

// PlaceKey is placeKey for tests.
var PlaceKey = placeKey
