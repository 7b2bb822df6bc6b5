using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CloudNative.DataLake;

/// <summary>What a replay did. <paramref name="Resume"/> stands there where a limit left something over, <paramref name="Corrupt"/> where lines could not be read.</summary>
internal sealed record Replayed(
    int Events,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Resume,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Corrupt);

/// <summary>
/// <c>POST /replay {from,to,type?,partitionKey?,target}</c>: 202 once the events are in the stream; the target handles them after that.
/// A dry run answers 200 and what would be published. Where the stream is away, the problem says how to go on.
/// </summary>
internal static class ReplayEvents
{
    public static async Task<Results<Accepted<Replayed>, Ok<Replayed>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        ReplayRequest request, HttpContext context, Replay replay, CancellationToken cancellationToken)
    {
        var (order, errors) = request.Read();
        if (order is null)
            return TypedResults.ValidationProblem(errors);
        var progress = await replay.RunAsync(order, cancellationToken);
        if (progress.Failure is not null)
            return Interrupted(context, progress);
        var answer = new Replayed(progress.Events, progress.Resume?.ToString(), progress.Corrupt);
        return order.DryRun ? TypedResults.Ok(answer) : TypedResults.Accepted((string?)null, answer);
    }

    private static ProblemHttpResult Interrupted(HttpContext context, ReplayProgress progress)
    {
        context.Response.Headers.RetryAfter = "1";
        return TypedResults.Problem(
            title: "Something this service needs is away. Go on with the marker in resume.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            extensions: new Dictionary<string, object?> { ["events"] = progress.Events, ["resume"] = progress.Resume?.ToString() });
    }
}
