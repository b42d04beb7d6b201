using System.Text;
using System.Text.Json;

namespace Brink.Cli.Tests;

/// <summary>Samples in common forms: whole numbers as targets, targets in a second file, features and images in uint8.</summary>
public class TargetTests
{
    [Fact]
    public void Whole_numbers_are_targets_of_a_squared_error_if_each_output_has_one()
    {
        using var brink = new BrinkProgram();
        // One output per sample: the first of the three.
        ScriptFile.WithForward(brink.Path("one.pt"), "Tensor", "return torch.slice(f, 1, 0, 1)");
        File.WriteAllText(brink.Path("whole.csv"), Table(i => $"{i - 3}"));
        File.WriteAllText(brink.Path("floating.csv"), Table(i => $"{i - 3}.0"));
        File.WriteAllText(brink.Path("large.csv"), Table(i => $"{16777217 + i}"));
        var (whole, floating) = (Inspected(brink, "one.pt", "whole.csv"), Inspected(brink, "one.pt", "floating.csv"));
        Assert.Equal((0, ""), (whole.Code, whole.Error));
        foreach (var key in new[] { "loss", "gradient_norm", "largest_stable_step" })
            AssertClose(floating.Json.GetProperty(key), whole.Json.GetProperty(key));

        // Class labels do not fit three outputs.
        var labels = Inspected(brink, Path.Combine(AppContext.BaseDirectory, "torchscript", "mlp.pt"), "whole.csv");
        Assert.Contains("y: [8] Int64 does not match the outputs [8,3] Float64", labels.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("for classes, use --loss cross-entropy or store them one-hot", labels.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(2, labels.Code);

        // 2^24 + 1 is not a float32 number.
        Assert.Equal(0, Inspected(brink, "one.pt", "large.csv").Code);
        var rounded = Inspected(brink, "one.pt", "large.csv", "--precision", "float32");
        Assert.Contains("y: [8] Int64 contains integers that Float32 rounds", rounded.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(2, rounded.Code);
    }

    [Fact]
    public void Features_in_uint8_keep_their_values_and_images_are_divided_by_255()
    {
        using var brink = new BrinkProgram();
        byte[] x = [.. Enumerable.Range(0, 4 * 6).Select(i => (byte)(i * 7 % 5))];
        File.WriteAllBytes(brink.Path("y.npy"), Npy("<f4", "(4, 3)", new byte[4 * 3 * sizeof(float)]));
        File.WriteAllBytes(brink.Path("bytes.npy"), Npy("|u1", "(4, 6)", x));
        File.WriteAllBytes(brink.Path("floating.npy"), Floating("(4, 6)", x, 1));
        var mlp = Path.Combine(AppContext.BaseDirectory, "torchscript", "mlp.pt");
        var bytes = Inspected(brink, mlp, "bytes.npy", "--targets", "y.npy");
        var floating = Inspected(brink, mlp, "floating.npy", "--targets", "y.npy");
        Assert.Equal((0, ""), (bytes.Code, bytes.Error));
        foreach (var (one, other) in floating.Json.GetProperty("top").EnumerateArray().Zip(bytes.Json.GetProperty("top").EnumerateArray()))
            AssertClose(one.GetProperty("value"), other.GetProperty("value"));

        // Images of one channel: the network reads their pixels.
        ScriptFile.WithForward(
            brink.Path("image.pt"), "Tensor", "return (last).forward(torch.tanh((first).forward(torch.flatten(x, 1), )), )");
        ScriptFile.WithForward(brink.Path("row.pt"), "Tensor", "return f");
        File.WriteAllBytes(brink.Path("images.npy"), Npy("|u1", "(4, 1, 2, 3)", x));
        File.WriteAllBytes(brink.Path("shares.npy"), Floating("(4, 1, 2, 3)", x, 255));
        var images = Inspected(brink, "image.pt", "images.npy", "--targets", "y.npy");
        var shares = Inspected(brink, "image.pt", "shares.npy", "--targets", "y.npy");
        Assert.Equal((0, ""), (shares.Code, shares.Error));
        AssertClose(shares.Json.GetProperty("loss"), images.Json.GetProperty("loss"));
        const string Said = "images.npy: uint8 of shape [4,1,2,3] is read as images [n,c,h,w], and its pixels are divided by 255";
        Assert.Equal($"brink: {Said}\n", images.Error);
        Assert.Equal(Said + ".", images.Json.GetProperty("remark").GetString());
        var name = Path.GetFileName(images.Json.GetProperty("run").GetString()!);
        Assert.Contains(Said, brink.Run("runs", "show", name).Output, StringComparison.Ordinal);
    }

    // Two processes round differently in the last bits.
    private static void AssertClose(JsonElement expected, JsonElement found) =>
        Assert.Equal(expected.GetDouble(), found.GetDouble(), 1e-9 * Math.Abs(expected.GetDouble()));

    private static Result Inspected(BrinkProgram brink, string model, string data, params string[] more) =>
        brink.Run(["inspect", model, "--data", data, "--loss", "mse", "--probes", "0", "--json", .. more]);

    /// <summary>Returns eight samples of six inputs and a target as CSV.</summary>
    private static string Table(Func<int, string> target)
    {
        var text = new StringBuilder("a,b,c,d,e,f,y\n");
        for (var i = 0; i < 8; i++)
            text.AppendJoin(',', Enumerable.Range(0, 6).Select(j => $"0.{((i * 5) + (j * 3)) % 7}")).Append(',').AppendLine(target(i));
        return text.ToString();
    }

    private static byte[] Floating(string shape, byte[] values, double divisor) =>
        Npy("<f8", shape, [.. values.SelectMany(value => BitConverter.GetBytes(value / divisor))]);

    private static byte[] Npy(string type, string shape, byte[] elements)
    {
        var header = $$"""{'descr': '{{type}}', 'fortran_order': False, 'shape': {{shape}}, }""".PadRight(117) + "\n";
        return [0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. elements];
    }
}
