using Brink.Objectives;
using Brink.Spectra;
using Brink.Taylor;
using Brink.Zoo.Models;

namespace Brink.Tests.Taylor;

public class UnitShiftsTests
{
    // 19 biases and 19 units of the network 12-9-7-3.
    [Theory]
    [InlineData("mlp", 1, 38)]
    [InlineData("mlp", 17, 38)]
    [InlineData("cnn", 7, null)]
    [InlineData("transformer", 3, null)]
    public void The_trace_is_that_of_the_Hessian_in_the_parameters(string name, int samples, int? coordinates)
    {
        using var scope = NewDisposeScope();
        var (model, inputs, targets, theta) = Problem(name, samples);
        using var loss = TaylorLoss.Over(model.Dimension, (x, y) => Described(model, x, y), inputs, targets);
        using var expansion = loss.CurvatureAt(theta);
        var dense = new XTrace((int)model.Dimension).Trace(expansion.Hessian(theta)).Value;
        var shifts = Shifts(model, inputs, targets, tile: 5);
        Assert.InRange(shifts.Dimension, 1, model.Dimension - 1);
        if (coordinates is { } expected) Assert.Equal(expected, shifts.Dimension);
        Assert.Equal(dense, Trace(shifts, theta), 1e-11 * Math.Abs(dense));
    }

    [Fact]
    public void Weights_with_two_uses_stay_coordinates_of_their_own()
    {
        using var scope = NewDisposeScope();
        var (x, theta) = (Networks.Uniform(1, 6, 4), Networks.Uniform(2, 16));
        Value Loss(long start, long count)
        {
            var w = Value.Parameter(0, [4, 4]);
            var y = Value.Constant(x.narrow(0, start, count)).Times(w).Tanh().Times(w);
            return (y * y).Total();
        }
        using var loss = TaylorLoss.Over(16, 6, ScalarType.Float64, Loss, 1.0 / 6);
        using var expansion = loss.CurvatureAt(theta);
        var shifts = new UnitShifts(16, 6, Loss, 1.0 / 6);
        Assert.Equal(16, shifts.Dimension);
        var dense = new XTrace(16).Trace(expansion.Hessian(theta)).Value;
        Assert.Equal(dense, Trace(shifts, theta), 1e-12 * Math.Abs(dense));
    }

    [Fact]
    public void Weights_whose_rows_are_not_samples_stay_coordinates_of_their_own()
    {
        using var scope = NewDisposeScope();
        // Two rows for each sample, which the loss couples.
        var (x, theta) = (Networks.Uniform(1, 6, 4), Networks.Uniform(2, 12));
        Value Loss(long start, long count)
        {
            var y = Value.Constant(x.narrow(0, 2 * start, 2 * count)).Times(Value.Parameter(0, [3, 4])).Tanh().Reshape(count, 6).RowSum();
            return (y * y * y).Total();
        }
        using var loss = TaylorLoss.Over(12, 3, ScalarType.Float64, Loss, 1.0 / 3);
        using var expansion = loss.CurvatureAt(theta);
        var shifts = new UnitShifts(12, 3, Loss, 1.0 / 3);
        Assert.Equal(12, shifts.Dimension);
        var dense = new XTrace(12).Trace(expansion.Hessian(theta)).Value;
        Assert.Equal(dense, Trace(shifts, theta), 1e-12 * Math.Abs(dense));
    }

    [Fact]
    public void Weight_decay_adds_its_part()
    {
        using var scope = NewDisposeScope();
        var (model, inputs, targets, theta) = Problem("mlp", 5);
        using var loss = TaylorLoss.Over(model.Dimension, (x, y) => Described(model, x, y), inputs, targets, weightDecay: 0.3);
        using var expansion = loss.CurvatureAt(theta);
        var dense = new XTrace((int)model.Dimension).Trace(expansion.Hessian(theta)).Value;
        Assert.Equal(dense, Trace(Shifts(model, inputs, targets, decay: 0.3), theta), 1e-11 * Math.Abs(dense));
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var scope = NewDisposeScope();
        var (model, inputs, targets, theta) = Problem("cnn", 3);
        Live.AssertUnchanged(() =>
        {
            using var inner = NewDisposeScope();
            Trace(Shifts(model, inputs, targets), theta);
        });
    }

    private static double Trace(UnitShifts shifts, Tensor theta)
    {
        using var scope = NewDisposeScope();
        var (loss, point) = shifts.At(theta);
        using var owned = loss;
        using var expansion = loss.CurvatureAt(point);
        return new XTrace((int)shifts.Dimension).Trace(expansion.Hessian(point)).Value + shifts.Remainder;
    }

    private static UnitShifts Shifts(Model model, Tensor inputs, Tensor targets, int? tile = null, double decay = 0) => new(
        model.Dimension,
        targets.shape[0],
        (start, count) => Described(model, inputs.narrow(0, start, count), targets.narrow(0, start, count)),
        1.0 / targets.shape[0],
        tile,
        decay);

    private static Value Described(Model model, Tensor inputs, Tensor targets) =>
        Losses.CrossEntropy(model.Outputs(model.Layout.Values(), inputs), Value.Constant(targets));

    private static (Model Model, Tensor Inputs, Tensor Targets, Tensor Theta) Problem(string name, int samples)
    {
        Model model = name switch
        {
            "mlp" => new Mlp([12, 9, 7, 3], Activation.Tanh),
            "cnn" => new Cnn(3, 4, 3, Activation.Swish, 16),
            _ => new Transformer(20, 3, Activation.GeluTanh, Width: 8, FeedForward: 12),
        };
        using var generator = new Generator(5, CPU);
        var inputs = name switch
        {
            "mlp" => Networks.Uniform(6, samples, 12),
            "cnn" => Networks.Uniform(6, samples, 3, 4, 4),
            _ => Tokens(),
        };
        var theta = model.Initial(1) + (0.1 * Networks.Uniform(7, model.Dimension));
        return (model, inputs, Networks.Uniform(8, samples, 3).softmax(1), theta);

        Tensor Tokens() => randint(1, 20, [samples, 5], dtype: ScalarType.Int64, generator: generator);
    }
}
