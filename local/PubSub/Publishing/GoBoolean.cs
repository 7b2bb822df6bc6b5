namespace CloudNative.Local.PubSub.Publishing;

/// <summary>Booleans in metadata, in the spellings Go accepts.</summary>
internal static class GoBoolean
{
    public static bool? Parse(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
