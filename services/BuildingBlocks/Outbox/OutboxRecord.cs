using System.Buffers;
using System.Text.Json;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>
/// What a slot holds: <c>{tx, event}</c> with the whole event, or <c>{}</c> once it is known to be published.
/// </summary>
internal sealed record OutboxRecord(string? Tx, ReadOnlyMemory<byte> Event)
{
    public static readonly OutboxRecord Clear = new(null, default);

    public static ReadOnlyMemory<byte> ClearDocument { get; } = "{}"u8.ToArray();

    public bool IsClear => Event.IsEmpty;

    /// <exception cref="JsonException">The document is not JSON.</exception>
    public static OutboxRecord Read(StateEntry entry) => entry.Exists
        ? new OutboxRecord(RawJson.Text(entry.Value, "tx"u8), RawJson.Present(entry.Value, "event"u8))
        : Clear;

    public static ReadOnlyMemory<byte> Write(string tx, ReadOnlyMemory<byte> document)
    {
        var buffer = new ArrayBufferWriter<byte>(document.Length + 64);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("tx"u8, tx);
        writer.WritePropertyName("event"u8);
        writer.WriteRawValue(document.Span, skipInputValidation: true);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The event as it was on its first way to the stream: same id, same bytes.</summary>
    /// <exception cref="JsonException">The event lacks what every event has.</exception>
    public OutgoingEvent ToOutgoing() => new(
        Required("id"u8),
        Required("type"u8),
        Required("partitionKey"u8),
        RawJson.Number(Event, "timestamp"u8) ?? throw new JsonException("The event has no timestamp."),
        Event);

    public long Version() => RawJson.Number(Event, "version"u8) ?? 0;

    private string Required(ReadOnlySpan<byte> name) =>
        RawJson.Text(Event, name) ?? throw new JsonException("The event lacks a member.");
}
