using System.Text.Json;
using CloudNative.Local.Faults;

namespace CloudNative.Local.Console;

/// <summary><c>POST /faults/switch</c>: lets calls to a component fail or take long, for a while.</summary>
internal sealed class FaultEndpoint(FaultSwitches faults, IReadOnlySet<string> components)
{
    private const double LongestSeconds = 3600;
    private const double UsualSeconds = 30;
    private const int LongestDelayMs = 60_000;

    public async Task<IResult> SwitchAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
            return Refusal("Send the switch as application/json.", StatusCodes.Status415UnsupportedMediaType);
        FaultSwitch? asked;
        try
        {
            asked = await JsonSerializer.DeserializeAsync(request.Body, ConsoleJson.Default.FaultSwitch, cancellationToken);
        }
        catch (JsonException)
        {
            return Refusal("The body is no fault switch: {component, mode: refuse|delay|off, seconds, delayMs}.");
        }
        return asked is null ? Refusal("The body is empty.") : Switch(asked);
    }

    private IResult Switch(FaultSwitch asked)
    {
        if (asked.Component is null || !components.Contains(asked.Component))
            return Refusal($"component must be one of: {string.Join(", ", components.Order())}.");
        var seconds = asked.Seconds ?? UsualSeconds;
        if (seconds is not (> 0 and <= LongestSeconds))
            return Refusal($"seconds must be above 0 and at most {LongestSeconds}.");
        switch (asked.Mode)
        {
            case "refuse":
                faults.Refuse(asked.Component, TimeSpan.FromSeconds(seconds));
                return Results.NoContent();
            case "delay" when asked.DelayMs is > 0 and <= LongestDelayMs:
                faults.Delay(asked.Component, TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(asked.DelayMs.Value));
                return Results.NoContent();
            case "delay":
                return Refusal($"delayMs must be 1 to {LongestDelayMs} for mode delay.");
            case "off":
                faults.Off(asked.Component);
                return Results.NoContent();
            default:
                return Refusal("mode must be refuse, delay or off.");
        }
    }

    private static IResult Refusal(string detail, int status = StatusCodes.Status400BadRequest) => Results.Problem(detail, statusCode: status);
}
