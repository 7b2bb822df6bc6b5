using System.Buffers;
using System.Text.Json;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>
/// An entity as stored, <c>&lt;noun&gt;-&lt;id&gt;</c> = <c>{tx, v, data}</c>: <paramref name="Data"/> is its JSON text as it was written,
/// empty where it is absent or deleted. Deleted is a tombstone kept for good, so that versions never restart.
/// </summary>
internal sealed record EntityDocument(long Version, ReadOnlyMemory<byte> Data)
{
    public bool IsLive => !Data.IsEmpty;

    /// <exception cref="JsonException">The document is not an entity's.</exception>
    public static EntityDocument Read(StateEntry entry) => entry.Exists
        ? new EntityDocument(
            RawJson.Number(entry.Value, "v"u8) ?? throw new JsonException("An entity's document has no version."),
            RawJson.Present(entry.Value, "data"u8))
        : new EntityDocument(0, default);

    public ReadOnlyMemory<byte> Write(string tx)
    {
        var buffer = new ArrayBufferWriter<byte>(Data.Length + 96);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("tx"u8, tx);
        writer.WriteNumber("v"u8, Version);
        writer.WritePropertyName("data"u8);
        if (IsLive)
            writer.WriteRawValue(Data.Span, skipInputValidation: true);
        else
            writer.WriteNullValue();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
