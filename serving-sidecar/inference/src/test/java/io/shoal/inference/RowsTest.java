package io.shoal.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.inference.InputTensor.Numbers;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
  private static final int ROWS_MAX = 2;

  private final ServedModel model = TestModel.version("1");

  @Test
  void shouldTakeOneTensorOfAllFeatures() {
    assertThat(rows(tensor("x", new long[] {2, 3}, 1, 2, 3, 4, 5, 6)))
        .containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void shouldTakeASingleVector() {
    assertThat(rows(tensor("x", new long[] {3}, 1, 2, 3))).containsExactly(1, 2, 3);
  }

  @Test
  void shouldTakeATensorForEachFeatureInAnyOrder() {
    assertThat(
            rows(
                tensor("mean", new long[] {2}, 3, 6),
                tensor("amount", new long[] {2, 1}, 1, 4),
                tensor("count", new long[] {2}, 2, 5)))
        .containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void shouldNameWhatIsMissing() {
    assertRefused("inputs: no tensor for count, mean", tensor("amount", new long[] {1}, 1));
  }

  @Test
  void shouldRefuseATensorThatIsNoFeature() {
    assertRefused(
        "one tensor of shape [n, 3] with the features amount, count, mean",
        tensor("amount", new long[] {1}, 1),
        tensor("sum", new long[] {1}, 1));
  }

  @Test
  void shouldRefuseAFeatureThatIsGivenTwice() {
    assertRefused(
        "amount[1], amount[1]",
        tensor("amount", new long[] {1}, 1),
        tensor("amount", new long[] {1}, 1));
  }

  @Test
  void shouldRefuseAShapeThatIsNotThatOfTheData() {
    assertRefused(
        "the shape [2, 3] asks for 6 numbers, here are 3", tensor("x", new long[] {2, 3}, 1, 2, 3));
    assertRefused("a size of -1", tensor("x", new long[] {-1, 3}, 1, 2, 3));
    assertRefused("here are 3", tensor("x", new long[] {}, 1, 2, 3));
    assertRefused(
        "asks for", tensor("x", new long[] {Integer.MAX_VALUE, Integer.MAX_VALUE, 3}, 1, 2, 3));
  }

  @Test
  void shouldRefuseMoreRowsThanAreAllowedAndNone() {
    assertRefused(
        "give 1 to 2 rows, here are 3", tensor("x", new long[] {3, 3}, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    assertRefused("give 1 to 2 rows, here are 0", tensor("x", new long[] {0, 3}));
    assertRefused("inputs: none");
  }

  @Test
  void shouldSayWhichValueIsNotFinite() {
    float[] rows = {1, 2, 3, 4, Float.NaN, 6};

    assertThatThrownBy(() -> model.score(rows))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("row 1, feature 'count': the value must be finite");
  }

  private float[] rows(InputTensor... tensors) {
    return Rows.of(model, List.of(tensors), ROWS_MAX);
  }

  private void assertRefused(String message, InputTensor... tensors) {
    assertThatThrownBy(() -> rows(tensors))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }

  private static InputTensor tensor(String name, long[] shape, float... values) {
    return new InputTensor(
        name,
        shape,
        new Numbers() {
          @Override
          public int size() {
            return values.length;
          }

          @Override
          public float get(int index) {
            return values[index];
          }
        });
  }
}
