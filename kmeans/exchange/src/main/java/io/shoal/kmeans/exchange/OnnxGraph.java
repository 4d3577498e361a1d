package io.shoal.kmeans.exchange;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Builds an ONNX graph. Every value is known by a name: what a method returns is an input of the
 * next one.
 */
final class OnnxGraph {
  /** The dimension of which there are as many as the caller has points. */
  private static final String POINTS = "n";

  private final GraphProto.Builder graph;

  OnnxGraph(String name) {
    graph = GraphProto.newBuilder().setName(name);
  }

  GraphProto build() {
    return graph.build();
  }

  /** An input {@code [n, columns]}. */
  String input(String name, DataType type, int columns) {
    graph.addInput(
        valueInfo(
            name,
            type,
            points(),
            TensorShapeProto.Dimension.newBuilder().setDimValue(columns).build()));
    return name;
  }

  /** Declares a value to be an output {@code [n]}. */
  void output(String name, DataType type) {
    graph.addOutput(valueInfo(name, type, points()));
  }

  /** A constant; a scalar without dimensions. */
  String floats(String name, float[] values, long... shape) {
    ByteBuffer bytes = littleEndian(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return constant(name, DataType.FLOAT, bytes, shape);
  }

  /** A constant; a scalar without dimensions. */
  String doubles(String name, double[] values, long... shape) {
    ByteBuffer bytes = littleEndian(values.length * Double.BYTES);
    bytes.asDoubleBuffer().put(values);
    return constant(name, DataType.DOUBLE, bytes, shape);
  }

  /** A constant scalar. */
  String scalar(String name, double value) {
    return doubles(name, new double[] {value});
  }

  /** A constant; a scalar without dimensions. */
  String longs(String name, long[] values, long... shape) {
    ByteBuffer bytes = littleEndian(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return constant(name, DataType.INT64, bytes, shape);
  }

  /** An operator, whose result has this name. */
  String node(String result, String operator, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName(result)
            .setOpType(operator)
            .addAllInput(inputs)
            .addOutput(result)
            .addAllAttribute(List.of(attributes)));
    return result;
  }

  String cast(String result, String input, DataType type) {
    return node(result, "Cast", List.of(input), attribute("to", type.getNumber()));
  }

  /** Picks entries of an axis: rows of a table, or columns of a matrix. */
  String gather(String result, String table, String indices, int axis) {
    return node(result, "Gather", List.of(table, indices), attribute("axis", axis));
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  /** An attribute that is a list of one. */
  static AttributeProto listAttribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addInts(value)
        .build();
  }

  private String constant(String name, DataType type, ByteBuffer bytes, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    for (long size : shape) {
      tensor.addDims(size);
    }
    graph.addInitializer(tensor);
    return name;
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TensorShapeProto.Dimension points() {
    return TensorShapeProto.Dimension.newBuilder().setDimParam(POINTS).build();
  }

  private static ValueInfoProto valueInfo(
      String name, DataType type, TensorShapeProto.Dimension... dimensions) {
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(type.getNumber())
            .setShape(TensorShapeProto.newBuilder().addAllDim(List.of(dimensions)))
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
