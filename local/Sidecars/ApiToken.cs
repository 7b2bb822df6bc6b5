using System.Security.Cryptography;
using System.Text;

namespace CloudNative.Local.Sidecars;

/// <summary>The token that callers of the API send as <c>dapr-api-token</c>; compared in constant time.</summary>
internal sealed class ApiToken(string? token)
{
    public const string Header = "dapr-api-token";

    private readonly byte[]? _expected = string.IsNullOrEmpty(token) ? null : Encoding.UTF8.GetBytes(token);

    public bool IsAsked => _expected is not null;

    public bool Accepts(IHeaderDictionary headers)
    {
        if (_expected is null)
            return true;
        var sent = headers[Header];
        return sent.Count > 0 && CryptographicOperations.FixedTimeEquals(_expected, Encoding.UTF8.GetBytes(sent[0] ?? ""));
    }
}
