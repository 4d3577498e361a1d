package io.shoal.local.traffic;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The fields of one CSV line as slices of a buffer. Lines without quotes, which are nearly all, are
 * split where they lie; Commons CSV reads the others, line by line, so that an open quote spoils
 * one line and not the rest of the file.
 */
final class CsvFields {
  private static final int FIELDS_MAX = 1_024;

  private char[] chars = new char[0];
  private int[] starts = new int[16];
  private int[] ends = new int[16];
  private int count;

  /**
   * Splits the line that lies here.
   *
   * @throws MalformedFieldException when a quote is not closed, or there are more than 1,024 fields
   */
  void split(char[] buffer, int start, int end) throws MalformedFieldException {
    chars = buffer;
    count = 0;
    int fieldStart = start;
    for (int i = start; i < end; i++) {
      char c = buffer[i];
      if (c == ',') {
        add(fieldStart, i);
        fieldStart = i + 1;
      } else if (c == '"') {
        splitQuoted(new String(buffer, start, end - start));
        return;
      }
    }
    add(fieldStart, end);
  }

  /** Number of fields. */
  int count() {
    return count;
  }

  /** Whether the field has no characters but blanks. */
  boolean isEmpty(int field) {
    for (int i = starts[field]; i < ends[field]; i++) {
      if (chars[i] != ' ') {
        return false;
      }
    }
    return true;
  }

  /** The field as a string. */
  String text(int field) {
    return new String(chars, starts[field], ends[field] - starts[field]);
  }

  /** Number of the field's characters. */
  int length(int field) {
    return ends[field] - starts[field];
  }

  /** A character of the field. */
  char charAt(int field, int index) {
    return chars[starts[field] + index];
  }

  private void splitQuoted(String line) throws MalformedFieldException {
    StringBuilder text = new StringBuilder(line.length());
    count = 0;
    try (CSVParser parser = CSVParser.parse(new StringReader(line), CSVFormat.RFC4180)) {
      for (CSVRecord record : parser) {
        for (String value : record) {
          add(text.length(), text.length() + value.length());
          text.append(value);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new MalformedFieldException("a quoted field is broken: " + e.getMessage());
    }
    chars = text.toString().toCharArray();
  }

  private void add(int start, int end) throws MalformedFieldException {
    if (count == starts.length) {
      if (count == FIELDS_MAX) {
        throw new MalformedFieldException("the line has more than " + FIELDS_MAX + " fields");
      }
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
    }
    starts[count] = start;
    ends[count++] = end;
  }
}
