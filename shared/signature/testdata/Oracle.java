// Signs, verifies and hashes with Bouncy Castle for the tests of this package: words with blanks between in a line, an answer a line.
// java -cp /usr/share/java/bcprov.jar Oracle.java
import java.io.*;
import java.security.*;
import java.security.spec.*;
import org.bouncycastle.asn1.ua.DSTU4145Params;
import org.bouncycastle.crypto.digests.GOST3411Digest;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.encoders.Hex;

public class Oracle {
  static final String LOWEST_FIRST = "GOST3411WITHDSTU4145LE", HIGHEST_FIRST = "GOST3411WITHDSTU4145";

  public static void main(String[] arguments) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String[] words = line.split(" ");
      String answer;
      try {
        answer = answer(words);
      } catch (Exception e) {
        answer = "error " + e;
      }
      System.out.println(answer.replace('\n', ' '));
    }
  }

  static String answer(String[] words) throws Exception {
    byte[] message = Hex.decode(words[words.length - 1].equals("-") ? "" : words[words.length - 1]);
    switch (words[0]) {
      case "hash":
        if (!words[1].equals("gost")) return Hex.toHexString(MessageDigest.getInstance(words[1], "BC").digest(message));
        byte[] packed = DSTU4145Params.getDefaultDKE(), boxes = new byte[128];
        for (int i = 0; i < packed.length; i++) {
          boxes[2 * i] = (byte) (packed[i] >> 4 & 15);
          boxes[2 * i + 1] = (byte) (packed[i] & 15);
        }
        GOST3411Digest digest = new GOST3411Digest(boxes);
        digest.update(message, 0, message.length);
        byte[] sum = new byte[32];
        digest.doFinal(sum, 0);
        return Hex.toHexString(sum);
      case "sign": // sign CURVE MESSAGE: the key, and signatures with the lowest and with the highest octet first
        KeyPairGenerator generator = KeyPairGenerator.getInstance("DSTU4145", "BC");
        generator.initialize(new ECGenParameterSpec("1.2.804.2.1.1.1.1.3.1.1.2." + words[1]));
        KeyPair pair = generator.generateKeyPair();
        return Hex.toHexString(pair.getPublic().getEncoded()) + " " + sign(LOWEST_FIRST, pair, message) + " " + sign(HIGHEST_FIRST, pair, message);
      case "verify": // verify KEY SIGNATURE MESSAGE
        PublicKey key = KeyFactory.getInstance("DSTU4145", "BC").generatePublic(new X509EncodedKeySpec(Hex.decode(words[1])));
        Signature signature = Signature.getInstance(LOWEST_FIRST, "BC");
        signature.initVerify(key);
        signature.update(message);
        return String.valueOf(signature.verify(Hex.decode(words[2])));
      default:
        return "error unknown " + words[0];
    }
  }

  static String sign(String algorithm, KeyPair pair, byte[] message) throws Exception {
    Signature signature = Signature.getInstance(algorithm, "BC");
    signature.initSign(pair.getPrivate());
    signature.update(message);
    return Hex.toHexString(signature.sign());
  }
}
