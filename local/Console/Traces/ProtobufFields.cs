using Google.Protobuf;

namespace CloudNative.Local.Console.Traces;

/// <summary>A protobuf message taken apart by field number, for the few fields that are read of a message this project has no code for.</summary>
internal sealed class ProtobufFields
{
    private readonly List<(int Field, ByteString Bytes, ulong Number)> fields = [];

    /// <exception cref="InvalidProtocolBufferException">It is none.</exception>
    public ProtobufFields(ByteString message)
    {
        using var input = message.CreateCodedInput();
        while (input.ReadTag() is not 0 and var tag)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.LengthDelimited:
                    fields.Add((field, input.ReadBytes(), 0));
                    break;
                case WireFormat.WireType.Varint:
                    fields.Add((field, ByteString.Empty, input.ReadUInt64()));
                    break;
                case WireFormat.WireType.Fixed64:
                    fields.Add((field, ByteString.Empty, input.ReadFixed64()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    public IEnumerable<ProtobufFields> Messages(int field) => fields.Where(one => one.Field == field).Select(one => new ProtobufFields(one.Bytes));

    /// <summary>Empty where it is absent; the last one where it is there more than once.</summary>
    public ByteString Bytes(int field) => fields.LastOrDefault(one => one.Field == field).Bytes ?? ByteString.Empty;

    public string Text(int field) => Bytes(field).ToStringUtf8();

    public ulong Number(int field) => fields.LastOrDefault(one => one.Field == field).Number;
}
