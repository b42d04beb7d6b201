namespace Brink.Graphs.Tests;

/// <summary>Numbers that exporters store in float32.</summary>
public class ExactNumberTests
{
    public static TheoryData<double> Numbers =>
    [
        1e-5, 1e-12, 0.1, 0.044715, -0.25, 3, 1.0 / 3, 1.0 / 7, Math.Sqrt(2), 1 / Math.Sqrt(2), Math.Sqrt(12), 1 / Math.Sqrt(64 * 3),
        Math.Sqrt(2 / Math.PI), Math.Pow(12, -0.25), Math.Pow(3, 0.25),
    ];

    [Theory, MemberData(nameof(Numbers))]
    public void A_rounded_number_is_found_again(double number) =>
        Assert.Equal(number, ExactNumber.Of((float)number), 4e-16 * Math.Abs(number));

    [Fact]
    public void The_value_in_float32_never_changes()
    {
        var random = new Random(5);
        for (var i = 0; i < 100_000; i++)
        {
            var x = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            if (float.IsNaN(x)) continue;
            Assert.Equal(x, (float)ExactNumber.Of(x));
        }
        Assert.True(double.IsNaN(ExactNumber.Of(float.NaN)));
    }
}
