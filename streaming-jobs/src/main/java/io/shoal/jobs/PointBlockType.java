package io.shoal.jobs;

import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink that blocks have a serializer of their own, {@link PointBlockSerializer}. */
public final class PointBlockType extends TypeInformation<PointBlock> {
  private static final long serialVersionUID = 1L;

  /** Named by {@link PointBlock}. */
  public static final class Factory extends TypeInfoFactory<PointBlock> {
    @Override
    public TypeInformation<PointBlock> createTypeInfo(
        Type type, Map<String, TypeInformation<?>> parameters) {
      return new PointBlockType();
    }
  }

  @Override
  public TypeSerializer<PointBlock> createSerializer(SerializerConfig config) {
    return new PointBlockSerializer();
  }

  /** As Flink 1 asks for it; Flink 2 does not know it any more. */
  @SuppressWarnings({"MissingOverride", "deprecation"})
  public TypeSerializer<PointBlock> createSerializer(ExecutionConfig config) {
    return new PointBlockSerializer();
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<PointBlock> getTypeClass() {
    return PointBlock.class;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof PointBlockType;
  }

  @Override
  public boolean equals(Object other) {
    return canEqual(other);
  }

  @Override
  public int hashCode() {
    return PointBlockType.class.hashCode();
  }

  @Override
  public String toString() {
    return "PointBlock";
  }
}
