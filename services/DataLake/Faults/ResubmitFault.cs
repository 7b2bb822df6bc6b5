using System.Globalization;
using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Events;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.DataLake;

internal sealed record Resubmitted(string EventId, string App, int Resubmission);

/// <summary>
/// <c>POST /faults/{id}/resubmit</c>: publishes the original again, addressed to the app that failed. The number of the resubmission
/// follows from the fault, so pressing twice sends the same thing twice.
/// </summary>
internal static class ResubmitFault
{
    public static async Task<Results<Accepted<Resubmitted>, NotFound, ProblemHttpResult>> HandleAsync(
        string id, FaultIndex faults, IEventPublisher publisher, CancellationToken cancellationToken)
    {
        if (await faults.FindAsync(id, cancellationToken) is not { } document)
            return TypedResults.NotFound();
        if (Read(document) is not { } resubmission)
            return TypedResults.Problem("The fault does not hold its original event.", statusCode: StatusCodes.Status409Conflict);
        var (original, app, number, replayed) = resubmission;
        var attributes = new Dictionary<string, string> { ["replayto"] = app, ["resubmitted"] = number.ToString(CultureInfo.InvariantCulture) };
        // What failed in a replay must cause nothing outside in its second attempt either.
        if (replayed)
            attributes["replayed"] = "true";
        await publisher.PublishAsync(
            new OutgoingEvent(
                original.Id,
                original.Type,
                original.PartitionKey,
                original.Timestamp,
                original.Document,
                attributes),
            cancellationToken);
        return TypedResults.Accepted((string?)null, new Resubmitted(original.Id, app, number));
    }

    /// <summary>Null where the event is no fault of ours, or came without its original.</summary>
    private static (LakeLine Original, string App, int Number, bool Replayed)? Read(ReadOnlyMemory<byte> document)
    {
        using var parsed = JsonDocument.Parse(document);
        if (!parsed.RootElement.TryGetProperty("fault", out var fault) || fault.ValueKind != JsonValueKind.Object
            || !fault.TryGetProperty("app", out var app) || app.ValueKind != JsonValueKind.String
            || !fault.TryGetProperty("original", out var original)
            || LakeLine.TryParse(Encoding.UTF8.GetBytes(original.GetRawText())) is not { } line)
            return null;
        var before = fault.TryGetProperty("resubmitted", out var times) && times.ValueKind == JsonValueKind.Number && times.TryGetInt32(out var count) ? count : 0;
        var replayed = fault.TryGetProperty("replayed", out var tag) && tag.ValueKind == JsonValueKind.True;
        return (line, app.GetString()!, before + 1, replayed);
    }
}
