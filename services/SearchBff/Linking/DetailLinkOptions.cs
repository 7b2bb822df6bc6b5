namespace CloudNative.SearchBff.Linking;

/// <summary>Where hits link to. Settings <c>DetailLinks__...</c>.</summary>
public sealed class DetailLinkOptions
{
    public const string Section = "DetailLinks";

    /// <summary>The S3 bucket behind the component <c>things-bucket</c>, to link straight to its objects. Empty: through this app.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>The bucket's region, such as eu-central-1. Needed with a bucket.</summary>
    public string Region { get; set; } = "";

    /// <summary>An S3 endpoint that takes the bucket in its path, as emulators do; empty for Amazon's own.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>
    /// How long a link to the bucket is good. Default 5 min; at most 7 days, the limit of Signature Version 4 (a role's credentials may end earlier):
    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
    /// </summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromMinutes(5);

    internal bool IsValid() =>
        TimeToLive >= TimeSpan.FromSeconds(1) && TimeToLive <= TimeSpan.FromDays(7) && (Bucket.Length == 0 || Region.Length > 0);
}
