package io.shoal.kmeans.exchange;

import jakarta.xml.bind.JAXBException;
import jakarta.xml.bind.Unmarshaller;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import javax.xml.transform.sax.SAXSource;
import org.dmg.pmml.PMML;
import org.jpmml.model.JAXBUtil;
import org.jpmml.model.SAXUtil;
import org.jpmml.model.filters.ImportFilter;
import org.jpmml.model.metro.MetroJAXBSerializer;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;

/** Between XML and PMML's classes. */
final class PmmlXml {
  private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";

  private PmmlXml() {}

  static void write(PMML pmml, OutputStream out) {
    try {
      new MetroJAXBSerializer().serializePretty(pmml, out);
    } catch (JAXBException e) {
      throw new IllegalStateException("a PMML document that has all required parts", e);
    }
  }

  /**
   * Reads a document of any PMML version from 3.0 on. Nothing outside the bytes is looked at: a
   * document type, and with it every entity, is refused.
   *
   * @throws InvalidModelFileException when it is no PMML
   */
  static PMML read(byte[] bytes) {
    try {
      Unmarshaller unmarshaller = JAXBUtil.getContext().createUnmarshaller();
      // Otherwise a number that cannot be read is left out in silence.
      unmarshaller.setEventHandler(event -> false);
      XMLReader reader = SAXUtil.createFilteredReader(xmlReader(), new ImportFilter());
      InputSource source = new InputSource(new ByteArrayInputStream(bytes));
      if (unmarshaller.unmarshal(new SAXSource(reader, source)) instanceof PMML pmml) {
        return pmml;
      }
    } catch (JAXBException | SAXException | RuntimeException e) {
      // JPMML's filter throws what comes to hand when the namespace or the version is none of
      // PMML's.
      throw new InvalidModelFileException(
          "it is no PMML file, or a part of one (" + reason(e) + "); export it again", e);
    }
    throw new InvalidModelFileException("its root element is not PMML; give a PMML file");
  }

  private static XMLReader xmlReader() throws SAXException {
    try {
      SAXParserFactory factory = SAXParserFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature(NO_DOCTYPE, true);
      return factory.newSAXParser().getXMLReader();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("every JDK has a secure XML parser", e);
    }
  }

  /** What went wrong at first: the outer messages are empty. */
  private static String reason(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
