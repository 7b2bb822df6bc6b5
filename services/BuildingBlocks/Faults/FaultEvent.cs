using System.Buffers;
using System.Text.Json;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.BuildingBlocks.Faults;

/// <summary>Where handling ended for good.</summary>
public enum FaultStage
{
    /// <summary>The record could not be read as an event.</summary>
    Read,

    /// <summary>A handler gave up on the event, or failed on it too often.</summary>
    Handle,
}

/// <summary>An event that an app could not handle, as it is told to everyone.</summary>
/// <param name="App">The app that gave up.</param>
/// <param name="Reason">In words; quotes nothing of the event.</param>
/// <param name="OriginalId">The event's id, or a stable stand-in for what has none.</param>
/// <param name="OriginalType">Null for what could not be read.</param>
/// <param name="Resubmitted">How often the event had been resubmitted to this app when it failed.</param>
/// <param name="Original">The event's document, or null where it could not be read or is too large to travel inside.</param>
public sealed record Fault(
    string App,
    FaultStage Stage,
    string Reason,
    string OriginalId,
    string? OriginalType,
    string PartitionKey,
    int Resubmitted,
    ReadOnlyMemory<byte>? Original)
{
    /// <summary>The event came from a replay; so does its resubmission, which must cause nothing outside either.</summary>
    public bool Replayed { get; init; }
}

/// <summary>The <c>fault</c> event: <c>{id, type, timestamp, partitionKey, tags, fault: {app, stage, reason, ..., original}}</c>.</summary>
public static class FaultEvent
{
    public const string Type = "fault";

    /// <summary>
    /// The largest original in bytes that travels inside its fault: 256 KiB, so that the fault itself fits into a record of
    /// 1 MiB and an item of 400 KB of the smallest store. A larger one is found under <c>events-dead-letter</c> only.
    /// </summary>
    public const int MaxOriginalBytes = 256 * 1024;

    /// <summary>The same for each delivery of one event to one app, so a repeated fault is a double, not a second fault.</summary>
    public static string IdOf(string originalId, string app, int resubmitted) =>
        NameBasedId.From("fault", originalId, app, resubmitted.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static OutgoingEvent Create(Fault fault, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var id = IdOf(fault.OriginalId, fault.App, fault.Resubmitted);
        var timestamp = now.ToUnixTimeMilliseconds();
        var buffer = new ArrayBufferWriter<byte>(512 + (fault.Original?.Length ?? 0));
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("type", Type);
        json.WriteNumber("timestamp", timestamp);
        json.WriteString("partitionKey", fault.PartitionKey);
        json.WriteStartObject("tags");
        json.WriteString("app", fault.App);
        json.WriteEndObject();
        WriteFault(json, fault);
        json.WriteEndObject();
        json.Flush();
        return new OutgoingEvent(id, Type, fault.PartitionKey, timestamp, buffer.WrittenMemory);
    }

    private static void WriteFault(Utf8JsonWriter json, Fault fault)
    {
        json.WriteStartObject("fault");
        json.WriteString("app", fault.App);
        json.WriteString("stage", fault.Stage == FaultStage.Read ? "read" : "handle");
        json.WriteString("reason", fault.Reason);
        json.WriteString("originalId", fault.OriginalId);
        if (fault.OriginalType is not null)
            json.WriteString("originalType", fault.OriginalType);
        json.WriteNumber("resubmitted", fault.Resubmitted);
        if (fault.Replayed)
            json.WriteBoolean("replayed", true);
        if (fault.Original is { Length: <= MaxOriginalBytes } original)
        {
            json.WritePropertyName("original");
            json.WriteRawValue(original.Span, skipInputValidation: true);
        }

        json.WriteEndObject();
    }
}
