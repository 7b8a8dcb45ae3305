import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.graphics.image.PDImageXObject;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.SignatureInterface;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * The planned page by PDFBox and Bouncy Castle, as a plain program would make it. Arguments: directory, font.
 *
 * Each line of its input is a number of files to make; the answer is that of tests/bench/makers/worker.py. The font is
 * parsed once, the key loaded once. page-N.txt holds lines of tab-separated fields: B x y w h, T x y size text, S x y w h.
 */
public final class PlainPage implements SignatureInterface {
    private final Path directory;
    private final TrueTypeFont font;
    private final byte[] seal;
    private final List<List<String[]>> pages = new ArrayList<>();
    private final PrivateKey key;
    private final X509Certificate certificate;

    private PlainPage(Path directory, File font) throws Exception {
        this.directory = directory;
        this.font = new TTFParser().parse(font);
        this.seal = Files.readAllBytes(directory.resolve("seal.png"));
        for (int page = 0; Files.exists(directory.resolve("page-" + page + ".txt")); page++) {
            List<String[]> lines = new ArrayList<>();
            for (String line : Files.readAllLines(directory.resolve("page-" + page + ".txt"), StandardCharsets.UTF_8)) {
                lines.add(line.split("\t", -1));
            }
            pages.add(lines);
        }
        char[] passphrase = "bench".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(directory.resolve("key.p12"))) {
            store.load(file, passphrase);
        }
        key = (PrivateKey) store.getKey("bench", passphrase);
        certificate = (X509Certificate) store.getCertificate("bench");
    }

    public static void main(String[] arguments) throws Exception {
        PlainPage maker = new PlainPage(Path.of(arguments[0]), new File(arguments[1]));
        com.sun.management.OperatingSystemMXBean system =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        java.io.BufferedReader asked = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
        int turn = 0;
        for (String line = asked.readLine(); line != null; line = asked.readLine()) {
            byte[] made = new byte[0];
            for (int left = Integer.parseInt(line.trim()); left > 0; left--) {
                long began = System.nanoTime();
                long beganProcessor = system.getProcessCpuTime();
                made = maker.make(turn++);
                double seconds = (System.nanoTime() - began) / 1e9;
                double processor = (system.getProcessCpuTime() - beganProcessor) / 1e9;
                System.out.println(seconds + " " + processor + " " + made.length);
            }
            Files.write(maker.directory.resolve("by_pdfbox.pdf"), made);
            System.out.println();
            System.out.flush();
        }
    }

    private byte[] make(int turn) throws Exception {
        ByteArrayOutputStream drawn = new ByteArrayOutputStream();
        try (PDDocument file = new PDDocument()) {
            draw(file, pages.get(turn % pages.size()));
            file.save(drawn);
        }
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        try (PDDocument file = PDDocument.load(drawn.toByteArray())) {
            PDSignature signature = new PDSignature();
            signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
            signature.setSubFilter(PDSignature.SUBFILTER_ADBE_PKCS7_DETACHED);
            signature.setSignDate(Calendar.getInstance());
            file.addSignature(signature, this);
            file.saveIncremental(signed);
        }
        return signed.toByteArray();
    }

    private void draw(PDDocument file, List<String[]> lines) throws IOException {
        PDPage page = new PDPage(PDRectangle.A4);
        file.addPage(page);
        PDFont embedded = PDType0Font.load(file, font, true);
        try (PDPageContentStream content = new PDPageContentStream(file, page)) {
            content.setLineWidth(0.5f);
            for (String[] line : lines) {
                float x = Float.parseFloat(line[1]);
                float y = Float.parseFloat(line[2]);
                if (line[0].equals("B")) {
                    content.addRect(x, y, Float.parseFloat(line[3]), Float.parseFloat(line[4]));
                    content.stroke();
                } else if (line[0].equals("T")) {
                    content.beginText();
                    content.setFont(embedded, Float.parseFloat(line[3]));
                    content.newLineAtOffset(x, y);
                    content.showText(line[4]);
                    content.endText();
                } else {
                    PDImageXObject image = PDImageXObject.createFromByteArray(file, seal, "seal");
                    content.drawImage(image, x, y, Float.parseFloat(line[3]), Float.parseFloat(line[4]));
                }
            }
        }
    }

    @Override
    public byte[] sign(InputStream content) throws IOException {
        try {
            String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            ContentSigner signer = new JcaContentSignerBuilder(algorithm).build(key);
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            generator.addSignerInfoGenerator(
                    new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                            .build(signer, certificate));
            generator.addCertificates(new JcaCertStore(List.of(certificate)));
            return generator.generate(new CMSProcessableByteArray(content.readAllBytes()), false).getEncoded();
        } catch (OperatorCreationException | CMSException | java.security.GeneralSecurityException broken) {
            throw new IOException(broken);
        }
    }
}
