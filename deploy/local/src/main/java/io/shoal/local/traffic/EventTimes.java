package io.shoal.local.traffic;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/**
 * Reads event times, ISO-8601 with zone. The usual form {@code 2018-04-01T00:00:31Z} is read
 * without allocation; the last date is remembered, for lines that follow each other share it.
 */
final class EventTimes {
  private static final String USUAL_FORM = "0000-00-00T00:00:00Z";
  private static final long DAY_S = 86_400;

  private int lastDate = -1;
  private long lastEpochDay;

  /**
   * The time in this field, in milliseconds since 1970.
   *
   * @throws MalformedFieldException when it is none
   */
  long parse(CsvFields fields, int field) throws MalformedFieldException {
    try {
      if (!isUsualForm(fields, field)) {
        return Instant.parse(fields.text(field)).toEpochMilli();
      }
      int hour = number(fields, field, 11, 2);
      int minute = number(fields, field, 14, 2);
      int second = number(fields, field, 17, 2);
      if (hour < 24 && minute < 60 && second < 60) {
        long day = epochDay(number(fields, field, 0, 4) * 10_000 + monthAndDay(fields, field));
        return (day * DAY_S + hour * 3_600L + minute * 60L + second) * 1_000;
      }
    } catch (DateTimeException | ArithmeticException e) {
      // Falls through to the one message for all that is no time.
    }
    throw new MalformedFieldException(
        "event_time '"
            + fields.text(field)
            + "' is no ISO-8601 time with zone, as in 2018-04-01T00:00:31Z");
  }

  private long epochDay(int date) {
    if (date != lastDate) {
      lastEpochDay = LocalDate.of(date / 10_000, date / 100 % 100, date % 100).toEpochDay();
      lastDate = date;
    }
    return lastEpochDay;
  }

  private static int monthAndDay(CsvFields fields, int field) {
    return number(fields, field, 5, 2) * 100 + number(fields, field, 8, 2);
  }

  private static boolean isUsualForm(CsvFields fields, int field) {
    if (fields.length(field) != USUAL_FORM.length()) {
      return false;
    }
    for (int i = 0; i < USUAL_FORM.length(); i++) {
      char expected = USUAL_FORM.charAt(i);
      char c = fields.charAt(field, i);
      if (expected == '0' ? c < '0' || c > '9' : c != expected) {
        return false;
      }
    }
    return true;
  }

  private static int number(CsvFields fields, int field, int from, int digits) {
    int number = 0;
    for (int i = from; i < from + digits; i++) {
      number = 10 * number + fields.charAt(field, i) - '0';
    }
    return number;
  }
}
