using System.Numerics;
using Brink.Kernels;

namespace Brink.Tests.Kernels;

/// <summary>Products of small whole numbers, which are exact in either precision, against sums in Int64.</summary>
public sealed unsafe class MatrixProductTests
{
    /// <summary>Rows, depth and columns: single elements, whole and partial tiles of all widths, panels deeper and more rows than
    /// are copied or multiplied together, and no depth.</summary>
    public static TheoryData<int, int, int> Sizes() => new()
    {
        { 1, 1, 1 }, { 6, 4, 32 }, { 7, 385, 33 }, { 13, 1000, 5 }, { 485, 3, 17 }, { 2, 0, 3 }, { 0, 3, 2 }, { 3, 2, 0 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void Equal_sums_at_each_width(int rows, int depth, int columns)
    {
        foreach (var transposedA in new[] { false, true })
        {
            foreach (var transposedB in new[] { false, true })
            {
                foreach (var accumulate in new[] { false, true })
                {
                    var shape = new Shape(rows, depth, columns, transposedA, transposedB, accumulate);
                    Check(new LanePasses<Lane<double>, double>(), shape);
                    Check(new LanePasses<Lanes256<double>, double>(), shape);
                    Check(new LanePasses<Lanes512<double>, double>(), shape);
                    Check(new LanePasses<Lane<float>, float>(), shape);
                    Check(new LanePasses<Lanes256<float>, float>(), shape);
                    Check(new LanePasses<Lanes512<float>, float>(), shape);
                }
            }
        }
    }

    private static void Check<T>(Passes<T> passes, Shape shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Apart = 3;   // elements between rows that belong to no matrix
        var random = new Random(5);
        var (rows, depth, columns, transposedA, transposedB, accumulate) = shape;
        var (strideA, strideB, strideC) = ((transposedA ? rows : depth) + Apart, (transposedB ? depth : columns) + Apart, columns + Apart);
        var a = Numbers((transposedA ? depth : rows) * strideA);
        var b = Numbers((transposedB ? columns : depth) * strideB);
        var c = Numbers(rows * strideC);
        var before = c.ToArray();
        fixed (T* pa = a, pb = b, pc = c)
        {
            passes.Product(
                new(pa, rows, depth, strideA, transposedA),
                new(pb, depth, columns, strideB, transposedB),
                new Matrix<T>(pc, rows, columns, strideC),
                accumulate);
        }
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < strideC; j++)
            {
                var expected = j < columns && !accumulate ? 0 : long.CreateChecked(before[(i * strideC) + j]);
                for (var k = 0; j < columns && k < depth; k++)
                {
                    var left = a[transposedA ? (k * strideA) + i : (i * strideA) + k];
                    var right = b[transposedB ? (j * strideB) + k : (k * strideB) + j];
                    expected += long.CreateChecked(left * right);
                }
                Assert.Equal(expected, long.CreateChecked(c[(i * strideC) + j]));
            }
        }

        T[] Numbers(int count)
        {
            var numbers = new T[count + 1];
            for (var i = 0; i < count; i++) numbers[i] = T.CreateChecked(random.Next(-9, 10));
            return numbers;
        }
    }

    private sealed record Shape(int Rows, int Depth, int Columns, bool TransposedA, bool TransposedB, bool Accumulate);
}
