using Brink.Algebra;

namespace Brink.Tests.Algebra;

public class SnapshotTests
{
    [Fact]
    public void Numbers_strings_and_tensors_of_each_part_are_restored_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var snapshot = new Snapshot();
        double[] numbers = [0.1 + 0.2, double.NaN, double.PositiveInfinity, -0.0, double.Epsilon];
        var part = snapshot.Part("a").Part("b");
        part.Set("numbers", numbers.AsEnumerable());
        part.Set("none", Enumerable.Empty<double>());
        part.Set("whole", long.MinValue);
        part.Set("word", "ü\n");
        part.Set("row", tensor(numbers));
        var again = new Snapshot(snapshot.Tensors, snapshot.Words).Part("a").Part("b");
        Assert.Equal(numbers.Select(BitConverter.DoubleToInt64Bits), again.Numbers("numbers").Select(BitConverter.DoubleToInt64Bits));
        Assert.Empty(again.Numbers("none"));
        Assert.Equal((long.MinValue, "ü\n"), (again.Whole("whole"), again.Word("word")));
        Assert.Equal(
            numbers.Select(BitConverter.DoubleToInt64Bits), again.Tensor("row").data<double>().Select(BitConverter.DoubleToInt64Bits));
        Assert.True(again.Has("row") && again.Has("word") && !again.Has("absent") && !snapshot.Has("row"));
        Assert.Contains("a.b.row", snapshot.Tensors.Keys);
    }

    [Fact]
    public void A_tensor_keeps_the_order_of_its_elements_in_memory()
    {
        using var scope = NewDisposeScope();
        var snapshot = new Snapshot();
        var matrix = arange(12, ScalarType.Float64).reshape(3, 4).t();
        snapshot.Set("columns", matrix);
        var again = snapshot.Tensor("columns");
        Assert.Equal(matrix.shape, again.shape);
        Assert.Equal(matrix.stride(), again.stride());
        Assert.True(again.equal(matrix).all().ToBoolean());
        Assert.Throws<ArgumentException>(() => snapshot.Set("gaps", arange(12, ScalarType.Float64).reshape(3, 4).narrow(1, 0, 2)));
    }
}
